import { EdgeError } from '../../../src/core/errors.ts';

/**
 * The vector at unit length, so that a dot product is the cosine.
 * @throws {EdgeError} `validation-failed` for a component that is no finite number and for a length of zero
 */
export function unitLength(values: ArrayLike<number>, what: string): Float32Array {
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) squares += (values[index] ?? Number.NaN) ** 2;
  if (!Number.isFinite(squares)) {
    throw new EdgeError('validation-failed', `${what} has a component that is not a finite number: embed it again.`);
  }
  if (squares === 0) {
    throw new EdgeError('validation-failed', `${what} has length zero and so no direction: leave it out.`);
  }
  const length = Math.sqrt(squares);
  return Float32Array.from(values, (value) => value / length);
}

/**
 * Writes whole numbers from -levels to levels to `codes`, the largest component at an end.
 * @returns the scale: a component is about its code times the scale
 */
export function quantise(vector: Float32Array, levels: number, codes: Int8Array | Int16Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest / levels;
  for (let index = 0; index < vector.length; index += 1) codes[index] = Math.round((vector[index] ?? 0) / scale);
  return scale;
}
