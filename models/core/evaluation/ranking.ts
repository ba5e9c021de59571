/**
 * Measures of a ranked list against a basket, as in the next-basket "reality check" (Li, Jullien, Ariannezhad and
 * de Rijke, 2021): recall, NDCG with gain 1 for a hit, and personal hit ratio.
 */

/** The share of the truth that stands among the first k. NaN where the truth is empty. */
export function recallAt(ranked: readonly number[], truth: ReadonlySet<number>, k: number): number {
  return hitsAt(ranked, truth, k) / truth.size;
}

/** Discounted cumulative gain of the first k over the best possible one. NaN where the truth is empty. */
export function ndcgAt(ranked: readonly number[], truth: ReadonlySet<number>, k: number): number {
  let gain = 0;
  for (let rank = 0; rank < Math.min(k, ranked.length); rank++) {
    if (truth.has(ranked[rank] as number)) gain += 1 / Math.log2(rank + 2);
  }
  let best = 0;
  for (let rank = 0; rank < Math.min(k, truth.size); rank++) best += 1 / Math.log2(rank + 2);
  return gain / best;
}

/** 1 where at least one of the first k is right, else 0. */
export function hitAt(ranked: readonly number[], truth: ReadonlySet<number>, k: number): number {
  return hitsAt(ranked, truth, k) > 0 ? 1 : 0;
}

function hitsAt(ranked: readonly number[], truth: ReadonlySet<number>, k: number): number {
  let hits = 0;
  for (let rank = 0; rank < Math.min(k, ranked.length); rank++) if (truth.has(ranked[rank] as number)) hits++;
  return hits;
}
