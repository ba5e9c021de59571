import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Embedder, Forecaster, SeriesForecast, SeriesHistory } from '../../../models/core/ports.ts';
import { EdgeError, type ErrorCode } from '../../../src/core/errors.ts';
import type { AdviceModels, BasketAnswer, BasketQuestion } from '../../../src/runtime/advice.ts';
import { type ForecastMethodName, forecastModel, RECOMMENDER_VERSION, replenish } from '../../advice/local-models.ts';
import { bundledForecaster } from '../cli/forecaster-folder.ts';
import { packageFolder } from '../migrations.ts';

type ForecastOptions = Parameters<Forecaster['forecast']>[1];

export interface Question {
  readonly id: number;
  readonly ask:
    | {
        readonly kind: 'forecast';
        /** Where the global model lies. */
        readonly folder: string;
        readonly method: ForecastMethodName;
        readonly histories: readonly SeriesHistory[];
        readonly options: ForecastOptions;
      }
    | { readonly kind: 'recommend'; readonly question: BasketQuestion }
    | { readonly kind: 'embed'; readonly folder: string; readonly texts: readonly string[] };
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
  /** Of an error of ours. */
  readonly code?: ErrorCode;
}

export interface InferenceOptions {
  /** The module that runs on the thread; ours unless another one is given. */
  readonly module?: string | URL;
  /** Where the global model of forecasts lies; the one that ships unless given. */
  readonly forecasterFolder?: string;
  /** How long one question may take, in milliseconds; then the thread is ended. Five minutes unless given. */
  readonly limitMs?: number;
  /** Without a question for this long, in milliseconds, the thread ends and gives its memory back. */
  readonly idleMs?: number;
}

/** What the thread answers when it is asked to embed. */
export interface Embedded extends Pick<Embedder, 'model' | 'dimensions'> {
  readonly vectors: readonly Float32Array[];
}

interface Waiting {
  readonly limit: NodeJS.Timeout;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const IDLE_MS = 30_000;
const LIMIT_MS = 5 * 60_000;
/** Heap of the thread, in MiB: data that no model can take ends the thread and not the box. */
const HEAP_MAX_MIB = 1024;

/** Models on a thread of their own, so that a request never waits for inference. It starts with the first question. */
export class InferenceWorker {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #module: string | URL;
  readonly #forecasterFolder: string;
  readonly #limitMs: number;
  readonly #idleMs: number;

  constructor(options: InferenceOptions = {}) {
    this.#module = options.module ?? threadModule();
    this.#forecasterFolder = options.forecasterFolder ?? bundledForecaster();
    this.#limitMs = options.limitMs ?? LIMIT_MS;
    this.#idleMs = options.idleMs ?? IDLE_MS;
  }

  readonly models: AdviceModels = {
    forecast: () => forecastModel((method) => this.#forecaster(method)),
    recommend: {
      version: RECOMMENDER_VERSION,
      recommend: async (question) => (await this.#ask({ kind: 'recommend', question })) as BasketAnswer[],
    },
    replenish,
  };

  #forecaster(method: ForecastMethodName): Forecaster {
    return {
      forecast: async (histories, options) =>
        (await this.#ask({
          kind: 'forecast',
          folder: this.#forecasterFolder,
          method,
          histories,
          options,
        })) as SeriesForecast[],
    };
  }

  /**
   * The sentence encoder of a folder, on the thread.
   * @throws {EdgeError} `internal` with what is wrong with the model
   */
  async embedder(folder: string): Promise<Embedder> {
    const embed = async (texts: readonly string[]) => (await this.#ask({ kind: 'embed', folder, texts })) as Embedded;
    const { model, dimensions } = await embed([]);
    return {
      model,
      dimensions,
      embed: async (texts) => {
        const answer = await embed(texts);
        if (answer.model.sha256 === model.sha256) return answer.vectors;
        // The thread was begun anew and found another model in the folder.
        const detail = `${folder} holds ${answer.model.version} now, not ${model.version}: products are embedded again first.`;
        throw new EdgeError('model-mismatch', detail);
      },
    };
  }

  /** Ends the thread; what it was asked is refused. */
  close(): Promise<void> {
    return this.#end(new EdgeError('overloaded', 'The box is stopping.'));
  }

  async #end(reason: Error): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(reason);
    await worker?.terminate();
  }

  #ask(ask: Question['ask']): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    const answered = new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        const seconds = this.#limitMs / 1000;
        void this.#end(new EdgeError('internal', `The models were ended: no answer to "${ask.kind}" in ${seconds} s.`));
      }, this.#limitMs);
      limit.unref();
      this.#waiting.set(id, { limit, resolve, reject });
    });
    this.#worker.postMessage({ id, ask } satisfies Question);
    return answered;
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MIB } });
    worker.unref();
    worker.on('message', ({ id, result, error, code }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      clearTimeout(waiting?.limit);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(code === undefined ? new Error(error) : new EdgeError(code, error));
      if (this.#waiting.size > 0) return;
      this.#idle = setTimeout(() => {
        const idle = this.#worker;
        this.#worker = undefined;
        void idle?.terminate();
      }, this.#idleMs);
      this.#idle.unref();
    });
    worker.on('error', (error) => this.#gone(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#gone(worker, new Error(`The thread of the models ended with code ${code}.`)));
    return worker;
  }

  /** A thread that ended takes what it was asked with it; the next question starts another one. */
  #gone(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#fail(error);
  }

  #fail(error: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { limit, reject } of waiting) {
      clearTimeout(limit);
      reject(error);
    }
  }
}

/** The thread's module: beside this one in the sources, in `dist` when bundled. */
function threadModule(): string {
  const source = fileURLToPath(new URL('./inference-thread.ts', import.meta.url));
  return existsSync(source) ? source : `${packageFolder('dist')}/inference-thread.js`;
}
