import { describe, expect, it } from 'vitest';
import { spearman } from './rank-correlation.ts';

describe("Spearman's rank correlation", () => {
  it('looks at the order only', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1);
  });

  it('gives ties the mean of their ranks', () => {
    // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 2, 7, 1, 9]).statistic
    expect(spearman([1, 2, 2, 3, 5], [2, 2, 7, 1, 9])).toBeCloseTo(0.289473684, 8);
  });

  it('has no value where a side is constant', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeUndefined();
    expect(spearman([1], [2])).toBeUndefined();
  });
});
