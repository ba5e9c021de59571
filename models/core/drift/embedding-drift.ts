import type { EmbeddingDriftAlert } from '../../../src/events/ml/embedding.ts';
import { centroidShift } from './centroid-shift.ts';

/** Cosine distance of the centroids above which a collection is embedded anew. */
const SHIFT_MAX = 0.1;

export type EmbeddingDriftInput = Pick<
  EmbeddingDriftAlert,
  'alertId' | 'model' | 'collection' | 'current' | 'detectedAt'
> & {
  readonly reference: NonNullable<EmbeddingDriftAlert['reference']>;
  readonly referenceVectors: readonly Float32Array[];
  readonly currentVectors: readonly Float32Array[];
  /** Of the model that is live. */
  readonly dimension: number;
  /** Vectors in the collection that a new embedding would replace. */
  readonly collectionSize: number;
};

/**
 * Looks at a collection's vectors: those of another dimension do not belong to the live model, and a turned centroid
 * says that the texts, or the model, are others than before.
 * @returns the payload for `embedding.drift.alert`; `undefined` where all is as before
 */
export function detectEmbeddingDrift(input: EmbeddingDriftInput): EmbeddingDriftAlert | undefined {
  const { alertId, model, collection, reference, current, detectedAt, dimension, collectionSize } = input;
  const shared = { alertId, model, collection, reference, current, detectedAt };
  const foreign = input.currentVectors.filter((vector) => vector.length !== dimension);
  const [first] = foreign;
  if (first !== undefined) {
    return {
      ...shared,
      kind: 'dimension-mismatch',
      value: foreign.length,
      threshold: 0,
      expectedDimension: dimension,
      actualDimension: first.length,
      itemsToEmbed: foreign.length,
    };
  }
  const value = centroidShift(input.referenceVectors, input.currentVectors);
  if (value <= SHIFT_MAX) return undefined;
  return { ...shared, kind: 'centroid-shift', value, threshold: SHIFT_MAX, itemsToEmbed: collectionSize };
}
