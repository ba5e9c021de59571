import { expect, test } from 'vitest';
import { formatAge, formatDay, formatMoney, formatRate } from './format.ts';

/** Intl writes no-break spaces, which read like blanks. */
const blanks = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test.each([
  [123_456, 'EUR', 'de-DE', '1.234,56 €'],
  [123_456, 'USD', 'en-US', '$1,234.56'],
  [-5, 'EUR', 'de-DE', '-0,05 €'],
  [1_500, 'JPY', 'en-US', '¥1,500'],
  [1_234_567, 'KWD', 'en-US', 'KWD 1,234.567'],
] as const)('writes %i minor units of %s in %s as %s', (minor, currency, language, text) => {
  expect(blanks(formatMoney(minor, currency, language))).toBe(text);
});

test('writes basis points as a percentage', () => {
  expect(blanks(formatRate(1_900, 'de-DE'))).toBe('19 %');
  expect(formatRate(825, 'en-US')).toBe('8.25%');
});

test('writes days without words, so that they fit any language of the texts', () => {
  expect(formatDay('2026-11-02T12:00:00.000Z', 'de-DE')).toBe('02.11.2026');
});

test.each([
  [5_000, 'just now'],
  [3 * 60_000, '3 min ago'],
  [90 * 60_000, '1 h ago'],
  [26 * 3_600_000, '1 day ago'],
  [80 * 3_600_000, '3 days ago'],
])('an age of %i ms is "%s"', (ageMs, text) => {
  expect(formatAge(ageMs)).toBe(text);
});
