/**
 * Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of theirs. `undefined` where there are
 * fewer than two pairs or one side is constant.
 */
export function spearman(left: readonly number[], right: readonly number[]): number | undefined {
  const ranksLeft = ranks(left);
  const ranksRight = ranks(right);
  const mean = (left.length + 1) / 2;
  let product = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  for (const [at, rank] of ranksLeft.entries()) {
    const fromLeft = rank - mean;
    const fromRight = (ranksRight[at] ?? Number.NaN) - mean;
    product += fromLeft * fromRight;
    squaresLeft += fromLeft * fromLeft;
    squaresRight += fromRight * fromRight;
  }
  const scale = Math.sqrt(squaresLeft * squaresRight);
  return scale > 0 ? product / scale : undefined;
}

/** Ranks from 1, in the order of the values. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (const at of order.slice(start, end)) result[at] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}
