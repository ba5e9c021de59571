import { describe, expect, test } from 'vitest';
import { dealer, NOW, price, product, promotion } from '../../../test/support/facts.ts';
import { limits } from '../../core/limits.ts';
import { refusalOf } from '../../testing/given-when-then.ts';
import { exceedsTolerance, priceDifferences, type QuoteContext, quote, type RequestedLine } from './quote.ts';

const catalogue = [
  product('HOSE'),
  product('BELT', { quantityRules: { minimum: 2, maximum: 10, increment: 2 } }),
  product('OLD', { status: 'discontinued', supersededBy: 'HOSE' }),
  product('BLOCKED', { status: 'blocked' }),
  product('UNPRICED'),
  product('DOLLAR'),
];
const prices = [
  price('HOSE', 333, { tiers: [{ minimum: 10, unitPriceMinor: 300 }] }),
  price('BELT', 1000),
  price('DOLLAR', 1000, { currency: 'USD' }),
];
const stock: Record<string, number> = { HOSE: 5, BELT: 100 };

const context: QuoteContext = {
  dealer: dealer({ taxRateBasisPoints: 1900 }),
  at: NOW,
  product: (sku) => catalogue.find((candidate) => candidate.sku === sku),
  prices: (sku) => prices.filter((candidate) => candidate.sku === sku),
  available: (sku) => stock[sku] ?? 0,
  promotions: [],
};

const of = (...lines: [sku: string, quantity: number][]): RequestedLine[] =>
  lines.map(([sku, quantity]) => ({ sku, quantity }));
const violationsOf = (...lines: [sku: string, quantity: number][]) =>
  refusalOf(() => quote(of(...lines), context), 'invalid-order').violations;

describe('a quote', () => {
  test('adds lines up and taxes the sum, rounded half up', () => {
    const { lines, totals } = quote(of(['HOSE', 3], ['BELT', 2]), context);
    expect(lines.map((line) => [line.lineNumber, line.sku, line.netMinor])).toEqual([
      [1, 'HOSE', 999],
      [2, 'BELT', 2000],
    ]);
    // 19 % of 29.99 is 5.6981.
    expect(totals).toEqual({
      netMinor: 2999,
      discountMinor: 0,
      taxMinor: 570,
      grossMinor: 3569,
      taxRateBasisPoints: 1900,
      taxVersion: 'DE-2026',
    });
  });

  test('backorders the rest of a line for more than is available', () => {
    expect(quote(of(['HOSE', 7]), context).lines[0]).toMatchObject({ quantity: 7, reserved: 5, backordered: 2 });
  });

  test('lets two lines of one SKU share its stock', () => {
    const { lines } = quote(of(['HOSE', 4], ['BELT', 2], ['HOSE', 4]), context);
    expect(lines.map((line) => [line.reserved, line.backordered])).toEqual([
      [4, 0],
      [2, 0],
      [1, 3],
    ]);
  });

  test('carries what each price came from', () => {
    const promoted = { ...context, promotions: [promotion('P', { discountBasisPoints: 1000, version: 3 })] };
    expect(quote(of(['HOSE', 10]), promoted).lines[0]?.price).toEqual({
      listUnitPriceMinor: 333,
      unitPriceMinor: 270,
      priceListId: 'EU-2026',
      priceVersion: 1,
      tierMinimum: 10,
      promotionId: 'P',
      promotionVersion: 3,
    });
  });

  test('names every line that cannot be ordered, with a pointer to it', () => {
    const violations = violationsOf(['HOSE', 1], ['NOPE', 1], ['OLD', 1], ['BLOCKED', 1], ['BELT', 3], ['UNPRICED', 1]);
    expect(violations.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/lines/1/sku', 'unknown-sku'],
      ['/lines/2/sku', 'discontinued-sku'],
      ['/lines/3/sku', 'blocked-sku'],
      ['/lines/4/quantity', 'quantity-rule'],
      ['/lines/5/sku', 'no-price'],
    ]);
    expect(violations[1]?.detail).toContain('Order HOSE instead');
    expect(violations[3]?.detail).toContain('Try 4');
  });

  test('refuses a price in another currency than the dealer is billed in', () => {
    expect(violationsOf(['DOLLAR', 1])).toMatchObject([{ pointer: '/lines/0/sku', code: 'other-currency' }]);
  });

  test('refuses an empty order, and one with too many lines', () => {
    expect(violationsOf()).toMatchObject([{ pointer: '/lines', code: 'empty-order' }]);
    const many = Array.from({ length: limits.orderLines + 1 }, (): [string, number] => ['HOSE', 1]);
    expect(violationsOf(...many)).toMatchObject([{ pointer: '/lines', code: 'too-many-lines' }]);
    expect(quote(of(...many.slice(1)), context).lines).toHaveLength(limits.orderLines);
  });
});

describe('what was seen', () => {
  const quoted = quote(of(['HOSE', 3], ['BELT', 2]), context);
  const seen = (netMinor: number, changes = {}) => ({ netMinor, currency: 'EUR', ...changes });

  test('and what is quoted agree', () => {
    const same = seen(2999, { lines: [{ sku: 'HOSE', unitPriceMinor: 333 }] });
    expect(priceDifferences(same, quoted, 'EUR')).toEqual([]);
  });

  test('differs by line and by total, in words', () => {
    expect(priceDifferences(seen(2900, { lines: [{ sku: 'HOSE', unitPriceMinor: 300 }] }), quoted, 'EUR')).toEqual([
      'HOSE: seen at 3.00, now 3.33 EUR each (price version 1).',
      'Total: seen 29.00, now 29.99 EUR net.',
    ]);
  });

  test('is compared line by line when a SKU has two prices', () => {
    const two = quote(of(['HOSE', 10], ['HOSE', 1]), context);
    const lines = [300, 333].map((unitPriceMinor) => ({ sku: 'HOSE', unitPriceMinor }));
    expect(priceDifferences(seen(3333, { lines }), two, 'EUR')).toEqual([]);
    expect(priceDifferences(seen(3333, { lines: lines.toReversed() }), two, 'EUR')).toHaveLength(2);
  });

  test('in another currency differs whatever the figures', () => {
    const dollars = seen(2999, { currency: 'USD' });
    expect(priceDifferences(dollars, quoted, 'EUR')).toEqual(['Seen in USD, quoted in EUR.']);
    expect(exceedsTolerance(dollars, quoted, 'EUR', 10_000)).toBe(true);
  });

  test.each([
    [2999, 0, false],
    [2998, 0, true],
    [2940, 200, false], // 2 % of 29.40 is 0.588, so up to 29.99.
    [2939, 200, true],
    [9999, 0, false], // Cheaper is never too dear.
    [0, 200, true],
  ])('of %i with %i basis points of tolerance is exceeded: %s', (netMinor, tolerance, exceeded) => {
    expect(exceedsTolerance(seen(netMinor), quoted, 'EUR', tolerance)).toBe(exceeded);
  });
});
