import type { InferenceSession } from 'onnxruntime-web';
import { EdgeError } from '../../../src/core/errors.ts';
import { verifyArtefact } from '../../core/registry/artefact.ts';
import type { ModelCard } from '../../core/registry/card.ts';
import { type Ahead, type ForecastMethod, LEVELS, type Prediction } from '../method.ts';
import type { PreparedSeries } from '../prepare-series.ts';
import { FEATURES, type StepFeatures, stepFeatures } from './features.ts';

/** One network for every series (a global model, Montero-Manso & Hyndman 2021), in onnxruntime-web. */
export interface GlobalForecaster extends ForecastMethod {
  readonly version: string;
  /** Frees the runtime's memory. */
  close(): Promise<void>;
}

type Runtime = typeof import('onnxruntime-web');

/** Rows that run at once: some megabytes of memory. */
const ROWS_MAX = 8_192;
/** Logs what is fatal only: whatever goes wrong is thrown as well. */
const QUIET = { logSeverityLevel: 4 } as const;

/**
 * Opens the network that `training/` makes: float32 `rows` (n, FEATURES) in, what to add to the anchor for each of
 * `LEVELS` (n, 11), in units of the scale, out.
 * @throws {EdgeError} `artefact-truncated`, `artefact-digest-mismatch` where the file is not the one of the card,
 *   `model-mismatch` where it cannot be run or takes other inputs
 */
export async function createGlobalForecaster(files: {
  readonly model: Uint8Array;
  readonly card: ModelCard;
}): Promise<GlobalForecaster> {
  const { model, card } = files;
  verifyArtefact(model, card.artefact, card.version);
  const mismatch = (why: string, cause?: unknown) =>
    new EdgeError('model-mismatch', `${card.version} cannot forecast: ${why}. Deploy one made for this version.`, {
      cause,
    });
  if (card.task !== 'forecast') throw mismatch(`its card says ${card.task}`);
  const runtime = await import('onnxruntime-web');
  // More threads need workers that fail in Node.
  runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'], ...QUIET }).catch(
    (error: unknown) => {
      throw mismatch(error instanceof Error ? error.message : String(error), error);
    },
  );
  const forecaster = new OnnxForecaster(runtime, session, card.version, mismatch);
  try {
    await forecaster.probe();
  } catch (error) {
    await session.release();
    throw error;
  }
  return forecaster;
}

class OnnxForecaster implements GlobalForecaster {
  readonly name = 'global';
  readonly version: string;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #mismatch: (why: string, cause?: unknown) => EdgeError;
  /** A session takes one run at a time: they follow each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    runtime: Runtime,
    session: InferenceSession,
    version: string,
    mismatch: (why: string, cause?: unknown) => EdgeError,
  ) {
    this.#runtime = runtime;
    this.#session = session;
    this.version = version;
    this.#mismatch = mismatch;
  }

  async forecast(assortment: readonly PreparedSeries[], ahead: Ahead): Promise<readonly Prediction[]> {
    const seen = assortment.map((series) => stepFeatures(series, ahead));
    const rows = new Float32Array(seen.filter((one) => one !== undefined).length * ahead.horizon * FEATURES);
    let filled = 0;
    for (const one of seen) {
      if (one === undefined) continue;
      rows.set(one.rows, filled);
      filled += one.rows.length;
    }
    const corrections = await this.#correct(rows);
    let at = 0;
    return seen.map((one) => {
      if (one === undefined) return never(ahead.horizon);
      const prediction = predictionOf(one, corrections.subarray(at), ahead.horizon);
      at += ahead.horizon * LEVELS.length;
      return prediction;
    });
  }

  /** Runs one row, so that what does not fit is found before the first forecast. */
  async probe(): Promise<void> {
    await this.#correct(new Float32Array(FEATURES));
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#session.release();
  }

  async #correct(rows: Float32Array): Promise<Float32Array> {
    const made = new Float32Array((rows.length / FEATURES) * LEVELS.length);
    for (let from = 0; from * FEATURES < rows.length; from += ROWS_MAX) {
      const part = rows.subarray(from * FEATURES, (from + ROWS_MAX) * FEATURES);
      const run = this.#last.then(() => this.#run(part));
      this.#last = run.catch(() => undefined);
      made.set(await run, from * LEVELS.length);
    }
    return made;
  }

  async #run(rows: Float32Array): Promise<Float32Array> {
    const count = rows.length / FEATURES;
    const input = new this.#runtime.Tensor('float32', rows, [count, FEATURES]);
    const outputs = await this.#session.run({ [this.#session.inputNames[0] ?? '']: input }, QUIET).catch((error) => {
      throw this.#mismatch(error instanceof Error ? error.message : String(error), error);
    });
    const values = outputs[this.#session.outputNames[0] ?? '']?.data;
    if (!(values instanceof Float32Array) || values.length !== count * LEVELS.length) {
      throw this.#mismatch(`it gives ${values?.length ?? 0} values for ${count} rows, not ${count * LEVELS.length}`);
    }
    if (values.some((value) => !Number.isFinite(value))) throw this.#mismatch('it gives values that are no numbers');
    return values;
  }
}

function predictionOf({ scale, anchor }: StepFeatures, corrections: Float32Array, horizon: number): Prediction {
  const quantiles = LEVELS.map((): number[] => []);
  const mean: number[] = [];
  for (let step = 0; step < horizon; step += 1) {
    // Levels of a network may cross; sorted they are never worse (Chernozhukov et al. 2010).
    const row = Array.from(corrections.subarray(step * LEVELS.length, (step + 1) * LEVELS.length))
      .map((value) => Math.max(0, (anchor[step] ?? 0) + scale * value))
      .sort((a, b) => a - b);
    for (const [level, value] of row.entries()) quantiles[level]?.push(value);
    const [low = 0, middle = 0, high = 0] = [row[0], row[4], row[8]];
    mean.push(0.3 * low + 0.4 * middle + 0.3 * high);
  }
  return { method: 'global', mean, quantiles };
}

function never(horizon: number): Prediction {
  const zeros = new Array<number>(horizon).fill(0);
  return { method: 'global', mean: zeros, quantiles: LEVELS.map(() => zeros) };
}
