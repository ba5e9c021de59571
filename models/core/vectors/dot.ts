/** The dot product of two vectors of one dimension: of unit vectors, the cosine. Two sums, so that they run side by side. */
export function dot(a: Float32Array, b: Float32Array): number {
  let even = 0;
  let odd = 0;
  for (let index = 0; index + 1 < a.length; index += 2) {
    even += (a[index] ?? 0) * (b[index] ?? 0);
    odd += (a[index + 1] ?? 0) * (b[index + 1] ?? 0);
  }
  const last = a.length - 1;
  if (a.length % 2 === 1) even += (a[last] ?? 0) * (b[last] ?? 0);
  return even + odd;
}
