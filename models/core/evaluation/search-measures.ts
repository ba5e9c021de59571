/** Ratings of one query: the grade of each product that people looked at, 0 (of no use) to 3. */
export type Ratings = ReadonlyMap<string, number>;

/**
 * Normalised discounted cumulative gain with gain 2^grade − 1 (Burges et al., ICML 2005), 0 to 1. Products without a
 * rating gain nothing. `undefined` where no product of the query is of any use: every ranking is then as good.
 * @param ranked ids, best first
 */
export function gradedNdcg(ranked: readonly string[], ratings: Ratings, cutoff: number): number | undefined {
  const best = discounted(
    [...ratings.values()].sort((a, b) => b - a),
    cutoff,
  );
  if (best === 0) return undefined;
  return (
    discounted(
      ranked.map((id) => ratings.get(id) ?? 0),
      cutoff,
    ) / best
  );
}

/** The same over rated products alone: what nobody looked at is left out of the ranking (Sakai, SIGIR 2007). */
export function judgedNdcg(ranked: readonly string[], ratings: Ratings, cutoff: number): number | undefined {
  return gradedNdcg(
    ranked.filter((id) => ratings.has(id)),
    ratings,
    cutoff,
  );
}

function discounted(grades: readonly number[], cutoff: number): number {
  return grades.slice(0, cutoff).reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0);
}
