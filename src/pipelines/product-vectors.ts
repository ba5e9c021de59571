import type { Embedder } from '../../models/core/ports.ts';
import { VectorIndex } from '../../models/core/vectors/vector-index.ts';
import type { Row, Store } from '../store/store.ts';

/** Vectors that are read at once. */
const SLICE = 500;

/** A product whose vector is missing, or is of an older text. */
export interface PendingProduct {
  readonly sku: string;
  readonly text: string;
  readonly position: number;
}

/** What a model is given of a product. */
export function productText(name: string, description: string | undefined): string {
  return description === undefined || description === '' ? name : `${name}. ${description}`;
}

/** The table of vectors, which the index in memory is read from. Each row names the model that made it. */
export class ProductVectors {
  readonly #store: Pick<Store, 'read' | 'batch'>;

  constructor(store: Pick<Store, 'read' | 'batch'>) {
    this.#store = store;
  }

  /** The next products that the model has to embed. */
  async pending(modelSha256: string, limit: number): Promise<PendingProduct[]> {
    const rows = await this.#store.read({
      sql: `SELECT p.sku, p.name, p.description, p.position FROM products p
        LEFT JOIN product_vectors v ON v.model_sha256 = ? AND v.sku = p.sku
        WHERE v.position IS NULL OR v.position <> p.position ORDER BY p.number LIMIT ?`,
      args: [modelSha256, limit],
    });
    return rows.map(({ sku, name, description, position }) => ({
      sku: String(sku),
      text: productText(String(name), description === null ? undefined : String(description)),
      position: Number(position),
    }));
  }

  /** Keeps the vectors of a model, one for each product, all or none. */
  write(modelSha256: string, products: readonly PendingProduct[], vectors: readonly Float32Array[]): Promise<void> {
    return this.#store.batch(
      products.map(({ sku, position }, index) => ({
        sql: `INSERT INTO product_vectors (model_sha256, sku, position, vector) VALUES (?, ?, ?, ?)
          ON CONFLICT(model_sha256, sku) DO UPDATE SET position = excluded.position, vector = excluded.vector`,
        args: [modelSha256, sku, position, bytesOf(vectors[index] ?? new Float32Array())],
      })),
    );
  }

  /** How many vectors of a model there are, by whether the product came or changed since an instant, and by dimension. */
  async counts(modelSha256: string, dimensions: number, since: string) {
    const [row] = await this.#store.read({
      sql: `SELECT count(*) FILTER (WHERE length(v.vector) <> ?1) AS otherwise,
          count(*) FILTER (WHERE length(v.vector) = ?1 AND p.updated_at >= ?2) AS recent,
          count(*) FILTER (WHERE length(v.vector) = ?1 AND p.updated_at < ?2) AS before
        FROM product_vectors v JOIN products p ON p.sku = v.sku WHERE v.model_sha256 = ?3`,
      args: [4 * dimensions, since, modelSha256],
    });
    return { foreign: Number(row?.otherwise), recent: Number(row?.recent), before: Number(row?.before) };
  }

  /** Every vector of a model, and whether its product came or changed since an instant (RFC 3339). */
  async withAge(modelSha256: string, since: string) {
    const rows = await this.#store.read({
      sql: `SELECT v.vector AS vector, p.updated_at >= ? AS recent FROM product_vectors v JOIN products p ON p.sku = v.sku
        WHERE v.model_sha256 = ?`,
      args: [since, modelSha256],
    });
    return rows.map(({ vector, recent }) => ({
      values: vector instanceof Uint8Array ? valuesOf(vector) : new Float32Array(),
      isNew: Number(recent) === 1,
    }));
  }

  /** Has every vector of a model made again; the ones that are there serve until then. */
  outdate(modelSha256: string): Promise<void> {
    const sql = 'UPDATE product_vectors SET position = -1 WHERE model_sha256 = ?';
    return this.#store.batch([{ sql, args: [modelSha256] }]);
  }

  /** Removes what other models made. */
  keepOnly(modelSha256: string): Promise<void> {
    return this.#store.batch([{ sql: 'DELETE FROM product_vectors WHERE model_sha256 <> ?', args: [modelSha256] }]);
  }

  /** The index of what a model has made so far; `yielding` gives way to requests between two slices. */
  async load(model: Pick<Embedder, 'model' | 'dimensions'>, yielding: () => Promise<void>): Promise<VectorIndex> {
    const { sha256: modelSha256 } = model.model;
    const index = new VectorIndex({ modelSha256, dimensions: model.dimensions });
    let after = '';
    for (;;) {
      const rows: readonly Row[] = await this.#store.read({
        sql: 'SELECT sku, vector FROM product_vectors WHERE model_sha256 = ? AND sku > ? ORDER BY sku LIMIT ?',
        args: [modelSha256, after, SLICE],
      });
      for (const { sku, vector } of rows) {
        // A row of another length is of no use: the pipeline does not know, so it is left out of the index.
        const values = vector instanceof Uint8Array ? valuesOf(vector) : new Float32Array();
        if (values.length === model.dimensions) index.upsert(String(sku), { modelSha256, values });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < SLICE) return index;
      after = String(last.sku);
      await yielding();
    }
  }
}

function bytesOf(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of vector.entries()) view.setFloat32(4 * at, value, true);
  return bytes;
}

function valuesOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => view.getFloat32(4 * at, true));
}
