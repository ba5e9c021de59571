import { expect, test } from 'vitest';
import type { Product } from '../api/types.ts';
import { lineProblem } from './line-problem.ts';

const product = { sku: 'A', status: 'active', quantityRules: { minimum: 50, increment: 50, maximum: 500 } } as Product;
const line = { sku: 'A', quantity: '50', product, unknown: false, violation: undefined };

test('a good line has none', () => {
  expect(lineProblem(line)).toBeUndefined();
});

test('a quantity between two steps has the next one as its fix', () => {
  expect(lineProblem({ ...line, quantity: '60' })).toMatchObject({
    field: 'quantity',
    fix: { kind: 'quantity', quantity: 100 },
  });
});

test('too many has the largest allowed quantity as its fix', () => {
  expect(lineProblem({ ...line, quantity: '600' })).toMatchObject({ fix: { kind: 'quantity', quantity: 500 } });
});

test('an unknown SKU offers a search', () => {
  expect(lineProblem({ ...line, product: undefined, unknown: true })).toMatchObject({
    field: 'sku',
    fix: { kind: 'search', words: 'A' },
  });
});

test('a superseded product offers its successor', () => {
  const old = { ...product, status: 'discontinued', supersededBy: 'B' } as Product;
  expect(lineProblem({ ...line, product: old })).toMatchObject({ field: 'sku', fix: { kind: 'successor', sku: 'B' } });
});

test('what the box refuses is shown in its own words', () => {
  const violation = { pointer: '/lines/0/sku', code: 'no-price', detail: 'A has no price.' };
  expect(lineProblem({ ...line, violation })).toEqual({ field: 'sku', text: 'A has no price.' });
});
