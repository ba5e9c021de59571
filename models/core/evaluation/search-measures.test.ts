import { describe, expect, test } from 'vitest';
import { gradedNdcg, judgedNdcg } from './search-measures.ts';

const RATINGS = new Map([
  ['a', 3],
  ['b', 1],
  ['c', 0],
]);

describe('graded nDCG', () => {
  test('is 1 for the best order and discounts what comes late', () => {
    expect(gradedNdcg(['a', 'b', 'c'], RATINGS, 10)).toBe(1);
    // By hand: (1 + 7 / log2 3) / (7 + 1 / log2 3)
    expect(gradedNdcg(['b', 'a'], RATINGS, 10)).toBeCloseTo((1 + 7 / Math.log2(3)) / (7 + 1 / Math.log2(3)), 12);
    expect(gradedNdcg(['c', 'b', 'a'], RATINGS, 1)).toBe(0);
  });

  test('counts products without a rating as of no use, unless judged ones alone are asked for', () => {
    expect(gradedNdcg(['x', 'a', 'b'], RATINGS, 10)).toBeLessThan(1);
    expect(judgedNdcg(['x', 'a', 'y', 'b'], RATINGS, 10)).toBe(1);
  });

  test('is not defined where nothing is of use', () => {
    expect(gradedNdcg(['c'], new Map([['c', 0]]), 10)).toBeUndefined();
  });
});
