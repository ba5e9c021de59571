import { describe, expect, test } from 'vitest';
import { NOW, price, promotion } from '../../../test/support/facts.ts';
import { priceInForce, priceLine, promotionApplies, shareOf } from './pricing.ts';

const target = (quantity: number, sku = 'HOSE', category = ['Hydraulics', 'Hoses']) => ({ sku, category, quantity });
const LIST = 'EU-2026';

describe('the price in force', () => {
  const january = price('HOSE', 100, { effectiveFrom: '2026-01-01T00:00:00.000Z', version: 1 });
  const july = price('HOSE', 110, { effectiveFrom: '2026-07-01T00:00:00.000Z', version: 2 });
  const july2 = price('HOSE', 111, { effectiveFrom: '2026-07-01T00:00:00.000Z', version: 3 });
  const summer = price('HOSE', 90, {
    effectiveFrom: '2026-07-10T00:00:00.000Z',
    effectiveTo: '2026-07-20T00:00:00.000Z',
    version: 4,
  });

  test('is the one that took effect last', () => {
    expect(priceInForce([july, january], LIST, NOW)).toBe(july);
    expect(priceInForce([january, july], LIST, '2026-06-30T23:59:59.999Z')).toBe(january);
  });

  test('takes effect at its very instant', () => {
    expect(priceInForce([january, july], LIST, '2026-07-01T00:00:00.000Z')).toBe(july);
    expect(priceInForce([january, july], LIST, '2026-07-01T02:00:00.000+02:00')).toBe(july);
  });

  test('is the highest version of those that took effect together, whatever their order', () => {
    expect(priceInForce([july2, july], LIST, NOW)).toBe(july2);
    expect(priceInForce([july, july2], LIST, NOW)).toBe(july2);
  });

  test('ends just before its end, and the one before it holds again', () => {
    expect(priceInForce([july, summer], LIST, '2026-07-19T23:59:59.999Z')).toBe(summer);
    expect(priceInForce([july, summer], LIST, '2026-07-20T00:00:00.000Z')).toBe(july);
  });

  test('belongs to the list of the dealer', () => {
    expect(priceInForce([july], 'US-2026', NOW)).toBeUndefined();
    expect(priceInForce([], LIST, NOW)).toBeUndefined();
    expect(priceInForce([july], LIST, '2025-01-01T00:00:00.000Z')).toBeUndefined();
  });
});

describe('a tier', () => {
  const tiers = [
    { minimum: 10, unitPriceMinor: 80 },
    { minimum: 5, unitPriceMinor: 90 },
  ];
  const tiered = price('HOSE', 100, { tiers });

  test.each([
    [4, 100, undefined],
    [5, 90, 5],
    [9, 90, 5],
    [10, 80, 10],
    [1000, 80, 10],
  ])('for %i pieces gives %i each', (quantity, unitPriceMinor, tierMinimum) => {
    const line = priceLine(tiered, [], target(quantity), NOW);
    expect(line).toMatchObject({
      unitPriceMinor,
      netMinor: unitPriceMinor * quantity,
      discountMinor: (100 - unitPriceMinor) * quantity,
    });
    expect(line.tierMinimum).toBe(tierMinimum);
  });
});

describe('a promotion', () => {
  test('holds from its first to its last instant', () => {
    const dated = promotion('P', { activeFrom: '2026-11-01T00:00:00.000Z', activeTo: '2026-11-30T23:59:59.000Z' });
    expect(promotionApplies(dated, target(1), '2026-10-31T23:59:59.999Z')).toBe(false);
    expect(promotionApplies(dated, target(1), '2026-11-01T00:00:00.000Z')).toBe(true);
    expect(promotionApplies(dated, target(1), '2026-11-30T23:59:59.000Z')).toBe(true);
    expect(promotionApplies(dated, target(1), '2026-12-01T00:00:00.000Z')).toBe(false);
  });

  test('holds from its minimum quantity on', () => {
    expect(promotionApplies(promotion('P', { minimumQuantity: 3 }), target(2), NOW)).toBe(false);
    expect(promotionApplies(promotion('P', { minimumQuantity: 3 }), target(3), NOW)).toBe(true);
  });

  test('holds for its SKUs and its categories, and for everything when it names none', () => {
    expect(promotionApplies(promotion('P', { skus: ['BELT'] }), target(1), NOW)).toBe(false);
    expect(promotionApplies(promotion('P', { skus: ['HOSE'] }), target(1), NOW)).toBe(true);
    expect(promotionApplies(promotion('P', { categories: ['Hoses'] }), target(1), NOW)).toBe(true);
    expect(promotionApplies(promotion('P', { categories: ['Belts'] }), target(1), NOW)).toBe(false);
    expect(promotionApplies(promotion('P', { skus: ['BELT'], categories: ['Hydraulics'] }), target(1), NOW)).toBe(true);
    expect(promotionApplies(promotion('P'), target(1), NOW)).toBe(true);
  });

  test('comes off the tier price, and the best one alone', () => {
    const tiered = price('HOSE', 100, { tiers: [{ minimum: 2, unitPriceMinor: 90 }] });
    const line = priceLine(
      tiered,
      [promotion('SMALL', { discountBasisPoints: 500 }), promotion('BIG', { discountBasisPoints: 1000, version: 7 })],
      target(2),
      NOW,
    );
    expect(line).toEqual({
      listUnitPriceMinor: 100,
      unitPriceMinor: 81,
      priceListId: LIST,
      priceVersion: 1,
      tierMinimum: 2,
      promotionId: 'BIG',
      promotionVersion: 7,
      netMinor: 162,
      discountMinor: 38,
    });
  });

  test('of the same discount is told by its id, whatever the order in which they are known', () => {
    const both = [promotion('B'), promotion('A')];
    expect(priceLine(price('HOSE', 100), both, target(1), NOW).promotionId).toBe('A');
    expect(priceLine(price('HOSE', 100), both.toReversed(), target(1), NOW).promotionId).toBe('A');
  });

  test('of nothing is not named', () => {
    const line = priceLine(price('HOSE', 100), [promotion('P', { discountBasisPoints: 0 })], target(1), NOW);
    expect(line.promotionId).toBeUndefined();
  });
});

describe('a share', () => {
  test.each([
    [1, 4999, 0],
    [1, 5000, 1],
    [3, 5000, 2],
    [1, 5001, 1],
    [10_049, 100, 100],
    [10_050, 100, 101],
    [-1, 5000, -1],
    [-1, 4999, 0],
    [0, 10_000, 0],
    [9e13, 10_000, 9e13],
    [89_999_999_999_999, 9_999, 89_990_999_999_999],
  ])('of %i at %i basis points is %i, rounded half away from zero', (amount, basisPoints, share) => {
    expect(shareOf(amount, basisPoints)).toBe(share);
  });
});
