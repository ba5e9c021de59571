import { signal } from '@preact/signals';
import { t } from '../texts/text.ts';

/** BCP 47, from the dealer's profile: how numbers, money and dates are written. */
export const locale = signal('en');

const formatters = new Map<string, Intl.NumberFormat>();

function currencyFormat(language: string, currency: string): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  let format = formatters.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(language, { style: 'currency', currency });
    formatters.set(key, format);
  }
  return format;
}

/** An amount in minor units as a person of that language writes it; the currency says how many decimals it has. */
export function formatMoney(minor: number, currency: string, language = locale.value): string {
  const format = currencyFormat(language, currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

export function formatCount(count: number, language = locale.value): string {
  return new Intl.NumberFormat(language).format(count);
}

/** Basis points as a percentage: 1900 is "19 %". */
export function formatRate(basisPoints: number, language = locale.value): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / 10_000);
}

export function formatDay(instant: string, language = locale.value): string {
  return new Intl.DateTimeFormat(language, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(
    new Date(instant),
  );
}

/** A month as "Nov 26", a week by its Monday as "23 Nov". */
export function formatPeriod(start: string, granularity: 'day' | 'week' | 'month', language = locale.value): string {
  const parts =
    granularity === 'month'
      ? ({ month: 'short', year: '2-digit' } as const)
      : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(language, { ...parts, timeZone: 'UTC' }).format(new Date(`${start}T00:00:00Z`));
}

export function formatTime(instant: string | number, language = locale.value): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}

export function formatMoment(instant: string, language = locale.value): string {
  return `${formatDay(instant, language)}, ${formatTime(instant, language)}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago, in the largest unit that says enough. */
export function formatAge(ageMs: number): string {
  if (ageMs < MINUTE_MS) return t.age.now;
  if (ageMs < HOUR_MS) return t.age.minutes(Math.floor(ageMs / MINUTE_MS));
  if (ageMs < DAY_MS) return t.age.hours(Math.floor(ageMs / HOUR_MS));
  return t.age.days(Math.floor(ageMs / DAY_MS));
}
