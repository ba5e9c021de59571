import type { Season } from './product-spec.ts';

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** How much of the history there is: 18 months. */
export const HISTORY_DAYS = 548;

/** Orders of the last days still hold stock; what is older is only in the monthly postings. */
export const OPEN_DAYS = 5;

/** Demand by calendar month, January first, compared with an average month. */
export const SEASONS: Readonly<Record<Season, readonly number[]>> = {
  even: [0.8, 0.85, 1.05, 1.1, 1.1, 1.1, 1.15, 1.1, 1.05, 1, 0.9, 0.8],
  harvest: [0.35, 0.45, 0.7, 0.9, 1.4, 2.2, 2.3, 1.6, 0.8, 0.5, 0.4, 0.4],
  spring: [0.5, 1.1, 2.3, 2.4, 1.4, 0.7, 0.6, 0.8, 1, 0.6, 0.3, 0.3],
  mowing: [0.2, 0.3, 0.6, 1.3, 2.4, 2.1, 1.7, 1.5, 1, 0.5, 0.2, 0.2],
  winter: [1.9, 1.3, 0.7, 0.4, 0.3, 0.3, 0.3, 0.4, 0.9, 1.6, 2, 1.9],
};

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoDate = (ms: number): string => iso(ms).slice(0, 10);
export const startOfDay = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

/** Midnight UTC of a day in a month; months beyond December run into the next year. */
export const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day);

/** One calendar month, cut to the history. */
export interface Month {
  readonly fromMs: number;
  readonly toMs: number;
  /** 0 is January. */
  readonly month: number;
  /** How much of a whole month it is. */
  readonly share: number;
}

/** The calendar months between two instants; the first and the last are cut. */
export function monthsBetween(fromMs: number, toMs: number): Month[] {
  const months: Month[] = [];
  for (let at = fromMs; at < toMs; ) {
    const date = new Date(at);
    const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    const end = Math.min(next, toMs);
    months.push({ fromMs: at, toMs: end, month: date.getUTCMonth(), share: (end - at) / (30.44 * DAY_MS) });
    at = end;
  }
  return months;
}

/** How much is ordered on a day: nothing on Sundays and the fixed holidays, little on Saturdays. */
export function dayWeight(ms: number): number {
  const date = new Date(ms);
  const weekday = date.getUTCDay();
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  if (weekday === 0 || monthDay === 101 || (monthDay >= 1225 && monthDay <= 1226) || monthDay === 501) return 0;
  return weekday === 6 ? 0.3 : weekday === 1 ? 1 : 0.85;
}

/** The working day (Monday to Friday) that many days later, at a time of day. */
export function workingDayAfter(ms: number, days: number, minuteOfDay: number): number {
  let day = startOfDay(ms);
  for (let left = days; left > 0; ) {
    day += DAY_MS;
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6 && dayWeight(day) > 0) left--;
  }
  return day + minuteOfDay * MINUTE_MS;
}
