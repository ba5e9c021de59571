import { expect, test } from 'vitest';
import { parseQuantity, stepQuantity } from './quantity.ts';

test.each([
  ['4', 4],
  [' 12 ', 12],
  ['0', undefined],
  ['-3', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['', undefined],
  ['99999999', undefined],
])('reads %j as %s', (text, quantity) => {
  expect(parseQuantity(text)).toBe(quantity);
});

const rules = { minimum: 50, increment: 50, maximum: 200 };

test.each([
  [undefined, 1, 50],
  [30, 1, 50],
  [50, 1, 100],
  [120, 1, 150],
  [200, 1, 200],
  [120, -1, 100],
  [100, -1, 50],
  [50, -1, 50],
  [999, -1, 200],
] as const)('an arrow key at %s in direction %i gives %i', (quantity, direction, next) => {
  expect(stepQuantity(rules, quantity, direction)).toBe(next);
});
