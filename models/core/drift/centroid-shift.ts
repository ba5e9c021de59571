import { EdgeError } from '../../../src/core/errors.ts';

/**
 * How far the mean direction of a collection's vectors has turned: 1 minus the cosine of the two centroids, 0 to 2.
 * @returns 0 where either collection is empty
 * @throws {EdgeError} `model-mismatch` where vectors have another dimension: they are of another model
 */
export function centroidShift(reference: readonly Float32Array[], current: readonly Float32Array[]): number {
  if (reference.length === 0 || current.length === 0) return 0;
  const before = centroid(reference);
  const now = centroid(current);
  if (before.length !== now.length) throw otherDimension(before.length, now.length);
  let dot = 0;
  let beforeSquares = 0;
  let nowSquares = 0;
  for (const [at, value] of before.entries()) {
    const other = now[at] ?? 0;
    dot += value * other;
    beforeSquares += value * value;
    nowSquares += other * other;
  }
  const lengths = Math.sqrt(beforeSquares * nowSquares);
  return lengths === 0 ? 0 : 1 - dot / lengths;
}

function centroid(vectors: readonly Float32Array[]): Float64Array {
  const dimension = vectors[0]?.length ?? 0;
  const sum = new Float64Array(dimension);
  for (const vector of vectors) {
    if (vector.length !== dimension) throw otherDimension(dimension, vector.length);
    for (const [at, value] of vector.entries()) sum[at] = (sum[at] ?? 0) + value;
  }
  return sum;
}

function otherDimension(expected: number, actual: number): EdgeError {
  return new EdgeError(
    'model-mismatch',
    `Vectors of ${expected} and of ${actual} dimensions cannot be compared. Embed the collection again with one model.`,
  );
}
