export type Granularity = 'week' | 'month';

const DAY_MS = 86_400_000;

/** Periods of a season: twelve months; weeks have none that two years of history could show. */
export const SEASON: Readonly<Record<Granularity, number>> = { week: 1, month: 12 };

/** Days of a period, on average. */
export const PERIOD_DAYS: Readonly<Record<Granularity, number>> = { week: 7, month: 365.25 / 12 };

/** The first day (UTC) of the period that an instant lies in, as a date; weeks begin on Monday (ISO 8601). */
export function periodOf(ms: number, granularity: Granularity): string {
  const day = new Date(ms);
  if (granularity === 'month') return `${day.toISOString().slice(0, 7)}-01`;
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(ms - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}

/** The period after one. */
export function periodAfter(start: string, granularity: Granularity): string {
  const day = new Date(`${start}T00:00:00.000Z`);
  if (granularity === 'week') return new Date(day.getTime() + 7 * DAY_MS).toISOString().slice(0, 10);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/** The last day of a period, as a date. */
export function lastDayOf(start: string, granularity: Granularity): string {
  return new Date(Date.parse(`${periodAfter(start, granularity)}T00:00:00.000Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** Whether a period is over at an instant. */
export function isOver(start: string, granularity: Granularity | 'day', nowMs: number): boolean {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return granularity === 'day' ? start < today : periodAfter(start, granularity) <= today;
}

/** Every period from one to before another. */
export function periodsBetween(from: string, before: string, granularity: Granularity): string[] {
  const periods: string[] = [];
  for (let start = from; start < before; start = periodAfter(start, granularity)) periods.push(start);
  return periods;
}
