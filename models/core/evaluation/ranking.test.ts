import { describe, expect, it } from 'vitest';
import { hitAt, ndcgAt, recallAt } from './ranking.ts';
import { RankingTally } from './ranking-report.ts';

describe('the ranking measures', () => {
  const ranked = [5, 3, 9, 1];
  const truth = new Set([3, 1, 7]);

  it('give the values computed by hand', () => {
    expect(recallAt(ranked, truth, 2)).toBeCloseTo(1 / 3, 12);
    expect(recallAt(ranked, truth, 4)).toBeCloseTo(2 / 3, 12);
    // Hits on ranks 2 and 4; the best order has three on ranks 1 to 3.
    expect(ndcgAt(ranked, truth, 4)).toBeCloseTo((0.6309297536 + 0.4306765581) / (1 + 0.6309297536 + 0.5), 9);
    // With two places the best order has two.
    expect(ndcgAt(ranked, truth, 2)).toBeCloseTo(0.6309297536 / 1.6309297536, 9);
    expect(hitAt(ranked, truth, 1)).toBe(0);
    expect(hitAt(ranked, truth, 2)).toBe(1);
  });

  it('take a list shorter than k as it is', () => {
    expect(recallAt([3], truth, 10)).toBeCloseTo(1 / 3, 12);
    expect(recallAt([], truth, 10)).toBe(0);
    expect(ndcgAt([3, 1, 7], truth, 10)).toBeCloseTo(1, 12);
  });

  it('report repeat and explore items apart, over the customers that have them', () => {
    const tally = new RankingTally([2]);
    tally.add([1, 2, 3], new Set([1, 8]), new Set([1, 2]));
    tally.add([4, 5], new Set([5]), new Set([5]));
    tally.add([4, 5], new Set(), new Set([5]));
    const { all, repeat, explore } = tally.report();
    expect(all).toMatchObject({ customers: 2, recall: [0.75], phr: [1] });
    expect(repeat).toMatchObject({ customers: 2, recall: [1] });
    expect(repeat.ndcg[0]).toBeCloseTo((1 + 0.6309297536) / 2, 9);
    expect(explore).toEqual({ customers: 1, recall: [0], ndcg: [0], phr: [0] });
  });
});
