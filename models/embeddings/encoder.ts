import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { EdgeError } from '../../src/core/errors.ts';
import type { Embedder } from '../core/ports.ts';
import { verifyArtefact } from '../core/registry/artefact.ts';
import type { ModelCard } from '../core/registry/card.ts';
import { unitLength } from '../core/vectors/quantise.ts';
import { type TextTokens, textTokens } from './text-tokens.ts';

/** An embedder that holds memory of its runtime until it is closed. */
export type Encoder = Embedder & { close(): Promise<void> };

export interface EncoderFiles {
  /** The ONNX file that the card describes. */
  readonly model: Uint8Array;
  /** What stands in `tokenizer.json`. */
  readonly tokenizer: string;
  readonly card: ModelCard;
}

type Runtime = typeof import('onnxruntime-web');

const TOKENIZER_FILE = 'tokenizer.json';
const IDS = 'input_ids';
const MASK = 'attention_mask';
/** Logs what is fatal only: whatever goes wrong is thrown as well. */
const QUIET = { logSeverityLevel: 4 } as const;
/** Of BERT's inputs; an encoder of sentences sees one type only, 0. */
const TYPES = 'token_type_ids';

/**
 * Loads a sentence encoder into onnxruntime-web: from files only, without network. The graph gives vectors of shape
 * (texts, dimension), or states of shape (texts, tokens, dimension), whose mean over the tokens is taken.
 * Texts run one at a time: on one thread a batch gains less than 10 %, and so no vector depends on its neighbours.
 * @throws {EdgeError} `artefact-truncated`, `artefact-digest-mismatch` where a file is not the one of the card,
 * `model-mismatch` where the model, the tokenizer and the card do not fit together
 */
export async function createEncoder({ model, tokenizer, card }: EncoderFiles): Promise<Encoder> {
  const { task, version, dimension } = card;
  verifyArtefact(model, card.artefact, version);
  const named = card.companions?.find(({ file }) => file === TOKENIZER_FILE);
  if (named !== undefined) verifyArtefact(new TextEncoder().encode(tokenizer), named, `The tokenizer of ${version}`);
  if (task !== 'embedding' || dimension === undefined) {
    throw mismatch(card, `its card says ${task}${dimension === undefined ? ' and no dimension' : ''}`);
  }
  const tokens = textTokens(tokenizer, version);
  const runtime = await import('onnxruntime-web');
  // More threads need workers that fail in Node, and a text gains nothing by them.
  runtime.env.wasm.numThreads = 1;
  const session = await openSession(runtime, model, card);
  const encoder = new OnnxEncoder({ runtime, session, tokens, card, dimensions: dimension });
  try {
    await encoder.probe();
  } catch (error) {
    await session.release();
    throw error;
  }
  return encoder;
}

interface Parts {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly tokens: TextTokens;
  readonly card: ModelCard;
  readonly dimensions: number;
}

class OnnxEncoder implements Encoder {
  readonly model: Embedder['model'];
  readonly dimensions: number;
  readonly #parts: Parts;
  /** A session takes one run at a time: they follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { card, dimensions } = parts;
    this.model = { name: card.task, version: card.version, sha256: card.artefact.sha256 };
    this.dimensions = dimensions;
    this.#parts = parts;
  }

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(await this.#inTurn(() => this.#encode(this.#parts.tokens.encode(text))));
    return vectors;
  }

  /** Frees the runtime's memory after the runs that have begun. */
  close(): Promise<void> {
    this.#closed ??= this.#inTurn(() => this.#parts.session.release());
    return this.#closed;
  }

  /** Runs the tokenizer's largest id, so that what does not fit together fails before the first text. */
  async probe(): Promise<void> {
    await this.#encode([...this.#parts.tokens.encode(''), this.#parts.tokens.largestId]);
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#closed !== undefined) {
      const detail = `The encoder ${this.model.version} is closed. Create it again.`;
      return Promise.reject(new EdgeError('internal', detail));
    }
    const result = this.#last.then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #encode(ids: readonly number[]): Promise<Float32Array> {
    const { runtime, session, card, dimensions } = this.#parts;
    const feeds: Record<string, Tensor> = {};
    for (const name of session.inputNames) {
      const values =
        name === IDS ? BigInt64Array.from(ids, BigInt) : new BigInt64Array(ids.length).fill(name === MASK ? 1n : 0n);
      feeds[name] = new runtime.Tensor('int64', values, [1, ids.length]);
    }
    const output = await this.#run(feeds);
    const values = output.data;
    const [, ...shape] = output.dims;
    if (!(values instanceof Float32Array) || shape.at(-1) !== dimensions || shape.length > 2) {
      const given = `${output.type} of shape ${output.dims.join(' × ')}`;
      throw mismatch(card, `it gives ${given}, not vectors of ${dimensions} dimensions`);
    }
    return unitLength(shape.length === 2 ? meanOfTokens(values, dimensions) : values, `A vector of ${card.version}`);
  }

  async #run(feeds: Record<string, Tensor>): Promise<Tensor> {
    const { session, card } = this.#parts;
    const outputs = await session.run(feeds, QUIET).catch((error: unknown) => {
      throw mismatch(card, `running it failed: ${reason(error)}`, error);
    });
    const output = outputs[session.outputNames[0] ?? ''];
    if (output === undefined) throw mismatch(card, 'it has no output');
    return output;
  }
}

async function openSession(runtime: Runtime, model: Uint8Array, card: ModelCard): Promise<InferenceSession> {
  const session = await runtime.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    ...QUIET,
    // Turns weights in int8 into floats once, and not at every run, which would double the time of a text.
    extra: { session: { disable_quant_qdq: '1' } },
  }).catch((error: unknown) => {
    throw mismatch(card, `onnxruntime-web cannot load it: ${reason(error)}`, error);
  });
  const unknown = session.inputNames.filter((name) => ![IDS, MASK, TYPES].includes(name));
  if (unknown.length === 0 && session.inputNames.includes(IDS)) return session;
  await session.release();
  throw mismatch(card, `it takes ${session.inputNames.join(', ')}, not ${IDS} and ${MASK}`);
}

/** The mean of the states of one text's tokens, a row a token. */
function meanOfTokens(states: Float32Array, dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions);
  const tokens = states.length / dimensions;
  for (const [at, value] of states.entries()) mean[at % dimensions] = (mean[at % dimensions] ?? 0) + value / tokens;
  return mean;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 300);

function mismatch(card: ModelCard, why: string, cause?: unknown): EdgeError {
  return new EdgeError(
    'model-mismatch',
    `${card.version} cannot embed: ${why}. Take model, tokenizer.json and card from one place; the model before it stays.`,
    { cause },
  );
}
