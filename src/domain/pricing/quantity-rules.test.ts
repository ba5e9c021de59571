import { describe, expect, test } from 'vitest';
import { checkQuantity, nearestQuantity } from './quantity-rules.ts';

const rules = { minimum: 4, maximum: 15, increment: 3 };

describe('quantity rules', () => {
  test.each([4, 7, 10, 13])('accept %i: the minimum and whole steps from it', (quantity) => {
    expect(checkQuantity(rules, quantity)).toBeUndefined();
  });

  test('ask for at least the minimum', () => {
    expect(checkQuantity(rules, 3)).toEqual({ detail: 'At least 4 must be ordered.', suggestion: 4 });
    expect(checkQuantity(rules, 0)?.suggestion).toBe(4);
    expect(checkQuantity(rules, -5)?.suggestion).toBe(4);
  });

  test('suggest the largest whole step when more than the maximum is wanted', () => {
    expect(checkQuantity(rules, 16)).toEqual({ detail: 'At most 15 can be ordered at once.', suggestion: 13 });
    expect(nearestQuantity(rules, 14)).toBe(13);
  });

  test('suggest the next step up for a quantity between two', () => {
    expect(checkQuantity(rules, 8)).toEqual({
      detail: 'Sold in steps of 3 from 4; 8 is between two steps.',
      suggestion: 10,
    });
  });

  test('without a maximum have no upper end', () => {
    expect(checkQuantity({ minimum: 1, increment: 1 }, 1_000_000)).toBeUndefined();
  });

  test.each([1.5, Number.NaN])('refuse %d', (quantity) => {
    expect(checkQuantity({ minimum: 1, increment: 1 }, quantity)).toBeDefined();
  });
});
