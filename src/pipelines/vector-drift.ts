import { detectEmbeddingDrift } from '../../models/core/drift/embedding-drift.ts';
import type { Embedder } from '../../models/core/ports.ts';
import type { EmbeddingDriftAlert } from '../events/ml/embedding.ts';
import type { PipelineContext } from './pipeline.ts';
import type { ProductVectors } from './product-vectors.ts';

const WEEK_MS = 7 * 86_400_000;
const COLLECTION = 'products';
/** Fewer vectors than this have a centroid of chance. */
const VECTORS_MIN = 50;

/** Watches the vectors of products. */
export interface VectorDrift {
  /** The payload of an alert where they have shifted or do not fit together, once for the same products. */
  detect(context: PipelineContext): Promise<EmbeddingDriftAlert | undefined>;
  /** Has all of them embedded again. */
  embedAgain(): Promise<void>;
}

/**
 * Compares the vectors of the products that came or changed within a week with those of the others.
 * @param serving the model whose vectors serve; `undefined` before the first ones do
 */
export function watchVectors(
  vectors: ProductVectors,
  serving: () => Pick<Embedder, 'model' | 'dimensions'> | undefined,
): VectorDrift {
  return {
    async detect({ store, ports }) {
      const model = serving();
      if (model === undefined) return undefined;
      const { version, sha256 } = model.model;
      const nowMs = ports.clock.nowMs();
      const weekAgo = new Date(nowMs - WEEK_MS).toISOString();
      const counts = await vectors.counts(sha256, model.dimensions, weekAgo);
      // When most is new, the catalogue has just been read: there is nothing to compare it with.
      const comparable = counts.before >= VECTORS_MIN && counts.recent >= VECTORS_MIN && counts.recent <= counts.before;
      if (counts.foreign === 0 && !comparable) return undefined;
      const all = await vectors.withAge(sha256, weekAgo);
      const foreign = all.filter(({ values }) => values.length !== model.dimensions);
      const fitting = all.filter(({ values }) => values.length === model.dimensions);
      const before = fitting.filter(({ isNew }) => !isNew);
      const recent = fitting.filter(({ isNew }) => isNew);
      const detectedAt = new Date(nowMs).toISOString();
      const alert = detectEmbeddingDrift({
        alertId: `EDA-${ports.random.uuid()}`,
        model: { task: 'embedding', version, sha256 },
        collection: COLLECTION,
        reference: { from: new Date(0).toISOString(), to: weekAgo, samples: before.length },
        current: { from: weekAgo, to: detectedAt, samples: recent.length + foreign.length },
        referenceVectors: comparable ? before.map(({ values }) => values) : [],
        currentVectors: [...foreign, ...(comparable ? recent : [])].map(({ values }) => values),
        dimension: model.dimensions,
        collectionSize: all.length,
        detectedAt,
      });
      if (alert === undefined) return undefined;
      const [earlier] = await store.read({
        sql: `SELECT 1 AS found FROM model_reports WHERE version = ? AND kind = 'drift-embedding'
          AND snapshot ->> '$.kind' = ? AND snapshot ->> '$.detectedAt' >= ?`,
        args: [version, alert.kind, weekAgo],
      });
      // Vectors that do not fit are never left as they are; a shift is told of once a week.
      return earlier !== undefined && alert.kind === 'centroid-shift' ? undefined : alert;
    },
    async embedAgain() {
      const model = serving();
      if (model !== undefined) await vectors.outdate(model.model.sha256);
    },
  };
}
