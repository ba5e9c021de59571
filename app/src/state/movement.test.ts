import { expect, test } from 'vitest';
import { movementOf, parseCorrection } from './movement.ts';

const entry = { sku: 'A', kind: 'receive', quantity: '5', reason: '' } as const;

test('a complete entry becomes a movement', () => {
  expect(movementOf(entry)).toEqual({ sku: 'A', kind: 'receive', quantity: 5 });
  expect(movementOf({ ...entry, kind: 'adjust', quantity: '−2', reason: ' count ' })).toEqual({
    sku: 'A',
    kind: 'adjust',
    quantity: -2,
    reason: 'count',
  });
});

test('what is missing is named', () => {
  expect(movementOf({ ...entry, sku: ' ' })).toEqual({ problem: 'sku' });
  expect(movementOf({ ...entry, quantity: '-5' })).toEqual({ problem: 'quantity' });
  expect(movementOf({ ...entry, kind: 'adjust', quantity: 'x' })).toEqual({ problem: 'correction' });
});

test.each([
  ['5', 5],
  ['+5', 5],
  ['-5', -5],
  ['0', undefined],
  ['5.5', undefined],
  ['', undefined],
])('reads the correction %j as %s', (text, value) => {
  expect(parseCorrection(text)).toBe(value);
});
