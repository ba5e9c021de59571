import { expect, test } from 'vitest';
import { tierHint } from './tier-hint.ts';

const price = {
  listUnitPriceMinor: 4630,
  tiers: [
    { minimum: 10, unitPriceMinor: 4159 },
    { minimum: 4, unitPriceMinor: 4445 },
  ],
};
const single = { minimum: 1, increment: 1 };

test('names the next tier and what it saves on the tier reached, rounded down', () => {
  expect(tierHint(price, single, 2)).toEqual({ add: 2, quantity: 4, savePercent: 3 });
  expect(tierHint(price, single, 4)).toEqual({ add: 6, quantity: 10, savePercent: 6 });
});

test('says nothing on the highest tier or without tiers', () => {
  expect(tierHint(price, single, 10)).toBeUndefined();
  expect(tierHint({ listUnitPriceMinor: 100, tiers: [] }, single, 1)).toBeUndefined();
});

test('suggests only quantities that can be ordered', () => {
  expect(tierHint(price, { minimum: 3, increment: 3 }, 3)).toEqual({ add: 3, quantity: 6, savePercent: 3 });
  expect(tierHint(price, { minimum: 1, increment: 1, maximum: 3 }, 2)).toBeUndefined();
});

test('a tier that is not cheaper is no hint', () => {
  expect(
    tierHint({ listUnitPriceMinor: 100, tiers: [{ minimum: 5, unitPriceMinor: 100 }] }, single, 1),
  ).toBeUndefined();
  expect(tierHint({ listUnitPriceMinor: 0, tiers: [{ minimum: 5, unitPriceMinor: 0 }] }, single, 1)).toBeUndefined();
});
