/** Bins at the deciles of the reference, the customary number. */
export const BINS = 10;
/** Keeps the logarithm finite where a bin is empty: half an observation. */
const EMPTY = 0.5;

/**
 * Population stability index: how far the shares in the reference's decile bins have moved,
 * sum of (current - reference) x ln(current / reference). Below .1 is no shift, above .2 a large one (Siddiqi, Credit
 * Risk Scorecards, 2006). Values that occur often may make bins coincide; those are joined.
 * @returns 0 where either has no value
 */
export function populationStability(reference: readonly number[], current: readonly number[]): number {
  if (reference.length === 0 || current.length === 0) return 0;
  const sorted = reference.toSorted((a, b) => a - b);
  const edges = new Set<number>();
  for (let bin = 1; bin < BINS; bin += 1) edges.add(sorted[Math.floor((bin * sorted.length) / BINS)] ?? 0);
  const bounds = [...edges];
  const before = shares(reference, bounds);
  const now = shares(current, bounds);
  return before.reduce((sum, share, bin) => {
    const other = now[bin] ?? 0;
    return sum + (other - share) * Math.log(other / share);
  }, 0);
}

function shares(values: readonly number[], bounds: readonly number[]): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < bounds.length && value >= (bounds[bin] as number)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => Math.max(count, EMPTY) / values.length);
}
