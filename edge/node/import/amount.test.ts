import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyExponent, decimalSignOf, parseAmount } from './amount.ts';

const auto = { exponent: 2, decimal: 'auto' } as const;
const minorOf = (text: string, options: Parameters<typeof parseAmount>[1] = auto) => {
  const parsed = parseAmount(text, options);
  return parsed.ok ? parsed.minor : parsed.code;
};

describe('amounts', () => {
  test.each([
    ['12.50', 1250],
    ['12,50', 1250],
    ['12', 1200],
    ['.5', 50],
    ['0.07', 7],
    ['1.234,56', 123_456],
    ['1,234.56', 123_456],
    ['1 234,56', 123_456],
    ["1'234.50", 123_450],
    ['1,234,567', 123_456_700],
    ['€ 3,99', 399],
    ['3.99 EUR', 399],
    ['£2.10', 210],
    ['-4.20', -420],
    ['-0', 0],
    ['1.10', 110],
    ['0.29', 29],
    ['1.005000', 'too-many-decimals'],
    ['2.500000', 250],
    ['1.255', 'ambiguous-amount'],
    ['1,255', 'ambiguous-amount'],
    ['on request', 'not-a-number'],
    ['1.2.3,4,5', 'not-a-number'],
    ['12,34,56', 'not-a-number'],
    ['1e5', 'not-a-number'],
    ['NaN', 'not-a-number'],
    ['', 'not-a-number'],
    ['900000000000.01', 'too-large'],
    ['900000000000000', 'too-large'],
  ])('%s is %s', (text, expected) => {
    expect(minorOf(text)).toBe(expected);
  });

  test('the sign before decimals settles what is ambiguous', () => {
    expect(minorOf('1.255', { exponent: 3, decimal: '.' })).toBe(1255);
    expect(minorOf('1.255', { exponent: 2, decimal: ',' })).toBe(125_500);
    expect(minorOf('1,255', { exponent: 2, decimal: '.' })).toBe(125_500);
    expect(minorOf('1.255', { exponent: 2, decimal: '.', round: true })).toBe(126);
    expect(minorOf('1.254', { exponent: 2, decimal: '.', round: true })).toBe(125);
    expect(minorOf('12.5', { exponent: 2, decimal: ',' })).toBe('not-a-number');
  });

  test('each currency has its own number of decimals', () => {
    expect(['EUR', 'JPY', 'KWD'].map(currencyExponent)).toEqual([2, 0, 3]);
    expect(minorOf('1200', { exponent: 0, decimal: 'auto' })).toBe(1200);
    expect(minorOf('1200.5', { exponent: 0, decimal: 'auto' })).toBe('too-many-decimals');
  });

  test('every amount that can be written comes back to the last minor unit', () => {
    const amount = fc.record({
      minor: fc.bigInt({ min: 0n, max: 90_000_000_000_000n }),
      exponent: fc.constantFrom(0, 2, 3),
      decimal: fc.constantFrom('.' as const, ',' as const),
      grouped: fc.boolean(),
      negative: fc.boolean(),
    });
    fc.assert(
      fc.property(amount, ({ minor, exponent, decimal, grouped, negative }) => {
        const digits = minor.toString().padStart(exponent + 1, '0');
        const whole = digits.slice(0, digits.length - exponent);
        const fraction = exponent === 0 ? '' : decimal + digits.slice(-exponent);
        const thousands = decimal === '.' ? ',' : '.';
        const shown = grouped ? whole.replaceAll(/\B(?=(\d{3})+$)/g, thousands) : whole;
        const parsed = parseAmount(`${negative ? '-' : ''}${shown}${fraction}`, { exponent, decimal });
        expect(parsed).toEqual({ ok: true, minor: Number(negative && minor !== 0n ? -minor : minor) });
      }),
      { numRuns: 2_000 },
    );
  });

  test('rounding is half up, as exact as whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000_000_000n }), fc.integer({ min: 1, max: 6 }), (scaled, extra) => {
        const digits = scaled.toString().padStart(3 + extra, '0');
        const text = `${digits.slice(0, -2 - extra)}.${digits.slice(-2 - extra)}`;
        const unit = 10n ** BigInt(extra);
        const expected = (scaled * 2n + unit) / (unit * 2n);
        expect(minorOf(text, { exponent: 2, decimal: '.', round: true })).toBe(Number(expected));
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever is written, the answer is a whole number or a reason', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseAmount(text, auto);
        expect(parsed.ok ? Number.isSafeInteger(parsed.minor) : parsed.detail.length > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('tells the sign from what can only have been written with it', () => {
    expect(['1.25', '1,25', '1.255', '1.234,5', '1,234,567', '12', '0.125'].map(decimalSignOf)).toEqual([
      '.',
      ',',
      undefined,
      ',',
      '.',
      undefined,
      '.',
    ]);
  });
});
