/** The sign before the decimals, or `auto` when each amount has to speak for itself. */
export type DecimalSign = '.' | ',' | 'auto';

export type Amount =
  | { readonly ok: true; readonly minor: number }
  | { readonly ok: false; readonly code: string; readonly detail: string };

const SHAPE = /^([+-]?)(\d[\d.,' \u00a0\u202f]*|[.,]\d+)$/;

/** Thousands or three decimals. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/;

/** Minor units of the largest amount that an event takes. */
const MINOR_MAX = 90_000_000_000_000n;

/**
 * An amount of money as people and spreadsheets write it ("12,50", "12.50", "1.234,50", "€ 3") in integer minor
 * units. Digits are never turned into a binary fraction, so nothing is lost on the way.
 */
export function parseAmount(
  text: string,
  options: { readonly exponent: number; readonly decimal: DecimalSign; readonly round?: boolean },
): Amount {
  const bare = text
    .trim()
    .replace(/^[\p{Sc}A-Z]{0,3}\s*(?=[-+\d.,])/u, '')
    .replace(/\s*[\p{Sc}A-Z]{1,3}$/u, '');
  const match = SHAPE.exec(bare);
  if (match === null) return bad('not-a-number', `"${text}" is no amount; write it like 12.50, or leave it empty`);
  const [, sign = '', digits = ''] = match;
  const split = splitDecimals(digits.replaceAll(/[' \u00a0\u202f]/g, ''), options.decimal);
  if (split === undefined) {
    return bad(
      'not-a-number',
      `"${text}" is no amount with "${options.decimal}" before the decimals; write it like 12.50`,
    );
  }
  if (split === 'ambiguous') {
    return bad('ambiguous-amount', `"${text}" may be thousands or a fraction; say --decimal . or --decimal ,`);
  }
  const { whole, fraction } = split;
  const kept = fraction.slice(0, options.exponent).padEnd(options.exponent, '0');
  const lost = fraction.slice(options.exponent);
  let minor = BigInt(`${whole}${kept}`);
  if (/[1-9]/.test(lost)) {
    if (options.round !== true) {
      return bad(
        'too-many-decimals',
        `"${text}" has more decimals than the currency (${options.exponent}); round it, or import with --round`,
      );
    }
    // Half up, away from zero, which is how invoices round.
    if ((lost[0] ?? '0') >= '5') minor += 1n;
  }
  if (minor > MINOR_MAX) return bad('too-large', `"${text}" is larger than an amount can be`);
  const value = Number(minor);
  return { ok: true, minor: sign === '-' && value !== 0 ? -value : value };
}

/** The sign before the decimals that an amount can only have been written with. */
export function decimalSignOf(text: string): '.' | ',' | undefined {
  const digits = text.replaceAll(/[^\d.,]/g, '');
  const last = /[.,](?=\d*$)/.exec(digits)?.[0] as '.' | ',' | undefined;
  if (last === undefined) return undefined;
  const others = digits.includes(last === '.' ? ',' : '.');
  if (others) return digits.split(last).length === 2 ? last : undefined;
  if (digits.split(last).length > 2) return last === '.' ? ',' : '.';
  return AMBIGUOUS.test(digits) ? undefined : last;
}

const exponents = new Map<string, number>();

/** How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    // Looked up once: it takes longer than all the rest of a row.
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    exponent = format.resolvedOptions().maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

function splitDecimals(
  digits: string,
  decimal: DecimalSign,
): { whole: string; fraction: string } | 'ambiguous' | undefined {
  if (decimal === 'auto' && AMBIGUOUS.test(digits)) return 'ambiguous';
  const sign = decimal === 'auto' ? (decimalSignOf(digits) ?? (/[.,]/.test(digits) ? undefined : '.')) : decimal;
  if (sign === undefined) return undefined;
  const thousands = sign === '.' ? ',' : '.';
  const parts = digits.split(sign);
  if (parts.length > 2) return undefined;
  const [whole = '', fraction = ''] = parts;
  if (fraction.includes(thousands)) return undefined;
  if (whole.includes(thousands) && !/^\d{1,3}([.,]\d{3})+$/.test(whole)) return undefined;
  return { whole: whole.replaceAll(thousands, '') || '0', fraction };
}

function bad(code: string, detail: string): Amount {
  return { ok: false, code, detail };
}
