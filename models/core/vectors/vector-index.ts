import { EdgeError } from '../../../src/core/errors.ts';
import { Candidates } from './candidates.ts';
import { dot } from './dot.ts';
import { quantise, unitLength } from './quantise.ts';
import { BLOCK_ROWS, bestScanner, DIMENSIONS_MAX, QUERY_LEVELS, ROW_LEVELS, type Scanner } from './scanner.ts';

/** What a model made of a text; of any length but zero. */
export interface ModelVector {
  /** SHA-256 of the model's artefact, in lower-case hexadecimal. */
  readonly modelSha256: string;
  readonly values: ArrayLike<number>;
}

export interface VectorHit {
  readonly id: string;
  /** Cosine similarity of the full vectors, -1 to 1. */
  readonly score: number;
}

export interface VectorIndexOptions {
  /** The one model whose vectors this index takes. */
  readonly modelSha256: string;
  readonly dimensions: number;
  /** Makes the scanner; the best for this platform unless told. */
  readonly scanner?: (dimensions: number) => Scanner;
}

/** Rows that are scored again in f32: this many for each that is asked for, and never fewer than the minimum. */
const CANDIDATES_PER_HIT = 4;
const CANDIDATES_MIN = 64;

/**
 * The vectors of one model in memory, searched by cosine similarity. All are scanned as int8 codes, and the best are
 * scored again with the full vectors. It takes about 5 bytes a dimension for each vector, in steps of 1,024 vectors,
 * and keeps the memory of removed ones for new ones. One thread at a time.
 */
export class VectorIndex {
  readonly modelSha256: string;
  readonly dimensions: number;
  readonly #scanner: Scanner;
  readonly #rowOf = new Map<string, number>();
  /** The id of each row; rows are without gaps. */
  readonly #ids: string[] = [];
  /** The vectors at unit length, in blocks so that growing copies nothing. */
  readonly #blocks: Float32Array[] = [];
  readonly #codes: Int8Array;
  readonly #queryCodes: Int16Array;

  /** @throws {EdgeError} `invalid-config` where the digest or the dimensions cannot be */
  constructor(options: VectorIndexOptions) {
    const { modelSha256, dimensions } = options;
    if (!/^[0-9a-f]{64}$/.test(modelSha256)) {
      throw new EdgeError(
        'invalid-config',
        `'${modelSha256}' is no SHA-256 of a model: give 64 lower-case hex digits.`,
      );
    }
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > DIMENSIONS_MAX) {
      throw new EdgeError('invalid-config', `A vector index has 1 to ${DIMENSIONS_MAX} dimensions, not ${dimensions}.`);
    }
    this.modelSha256 = modelSha256;
    this.dimensions = dimensions;
    this.#scanner = (options.scanner ?? bestScanner)(dimensions);
    this.#codes = new Int8Array(dimensions);
    this.#queryCodes = new Int16Array(dimensions);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Which scanner serves here. */
  get scannerKind(): Scanner['kind'] {
    return this.#scanner.kind;
  }

  has(id: string): boolean {
    return this.#rowOf.has(id);
  }

  /** A copy of the vector at unit length. */
  get(id: string): Float32Array | undefined {
    const row = this.#rowOf.get(id);
    return row === undefined ? undefined : this.#vector(row).slice();
  }

  /** @throws {EdgeError} `conflict` where the id is there already, and what `upsert` throws */
  add(id: string, vector: ModelVector): void {
    if (this.has(id)) throw new EdgeError('conflict', `The index has a vector of '${id}' already: update it.`);
    this.upsert(id, vector);
  }

  /** @throws {EdgeError} `not-found` where the id is not there, and what `upsert` throws */
  update(id: string, vector: ModelVector): void {
    if (!this.has(id)) throw new EdgeError('not-found', `The index has no vector of '${id}': add it.`);
    this.upsert(id, vector);
  }

  /**
   * Adds the vector, or puts it in the place of the one that is there.
   * @throws {EdgeError} `model-mismatch` for another model or dimension, `validation-failed` for a vector that has no
   * direction; the index is then as it was
   */
  upsert(id: string, vector: ModelVector): void {
    const unit = this.#checked(vector, `The vector of '${id}'`);
    const row = this.#rowOf.get(id) ?? this.#newRow(id);
    this.#vector(row).set(unit);
    const scale = quantise(unit, ROW_LEVELS, this.#codes);
    this.#scanner.write(row, this.#codes, scale);
  }

  /** Whether it was there. */
  remove(id: string): boolean {
    const row = this.#rowOf.get(id);
    if (row === undefined) return false;
    // The last row takes the place, so that a scan meets no gaps.
    const last = this.#ids.length - 1;
    const lastId = this.#ids.pop();
    if (row !== last && lastId !== undefined) {
      this.#vector(row).set(this.#vector(last));
      this.#scanner.copy(last, row);
      this.#ids[row] = lastId;
      this.#rowOf.set(lastId, row);
    }
    this.#rowOf.delete(id);
    return true;
  }

  /**
   * The `k` vectors that are most like the query, best first, equal ones by id; fewer where there are fewer.
   * @param filter which ids may be among them; asked only of those that score well
   * @throws {EdgeError} as `upsert`, and `validation-failed` for a `k` that is no whole number
   */
  topK(query: ModelVector, k: number, filter?: (id: string) => boolean): readonly VectorHit[] {
    if (!Number.isSafeInteger(k) || k < 0) {
      throw new EdgeError('validation-failed', `A search returns a whole number of vectors, not ${k}.`);
    }
    const unit = this.#checked(query, 'The query');
    const wanted = Math.min(k, this.size);
    if (wanted === 0) return [];
    return [...this.#candidates(unit, wanted, filter)]
      .map((row) => ({ id: this.#ids[row] ?? '', score: dot(unit, this.#vector(row)) }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, wanted);
  }

  /** The rows with the best scores by code. The query's own scale is left out: it moves all scores alike. */
  #candidates(unit: Float32Array, wanted: number, filter: ((id: string) => boolean) | undefined): Uint32Array {
    const size = Math.min(this.size, Math.max(CANDIDATES_MIN, wanted * CANDIDATES_PER_HIT));
    const candidates = new Candidates(size);
    quantise(unit, QUERY_LEVELS, this.#queryCodes);
    let threshold = candidates.threshold;
    this.#scanner.scan(this.#queryCodes, this.size, (scores, firstRow) => {
      for (let index = 0; index < scores.length; index += 1) {
        const score = scores[index] ?? 0;
        if (score <= threshold) continue;
        const row = firstRow + index;
        if (filter !== undefined && !filter(this.#ids[row] ?? '')) continue;
        candidates.add(row, score);
        threshold = candidates.threshold;
      }
    });
    return candidates.rows;
  }

  #newRow(id: string): number {
    const row = this.#ids.length;
    // Memory first: where there is none, nothing has changed.
    this.#scanner.reserve(row + 1);
    if (row === this.#blocks.length * BLOCK_ROWS) this.#blocks.push(new Float32Array(BLOCK_ROWS * this.dimensions));
    this.#ids.push(id);
    this.#rowOf.set(id, row);
    return row;
  }

  #vector(row: number): Float32Array {
    const start = (row % BLOCK_ROWS) * this.dimensions;
    const block = this.#blocks[Math.floor(row / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`Row ${row} is not reserved`);
    return block.subarray(start, start + this.dimensions);
  }

  #checked({ modelSha256, values }: ModelVector, what: string): Float32Array {
    if (modelSha256 !== this.modelSha256) {
      const models = `model ${modelSha256}, the index takes those of ${this.modelSha256}`;
      throw new EdgeError('model-mismatch', `${what} is of ${models}: embed it with that model.`);
    }
    if (values.length !== this.dimensions) {
      const lengths = `${values.length} dimensions, those of this index have ${this.dimensions}`;
      throw new EdgeError('model-mismatch', `${what} has ${lengths}: embed it with the index's model.`);
    }
    return unitLength(values, what);
  }
}
