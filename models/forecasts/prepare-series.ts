import type { SeriesHistory } from '../core/ports.ts';

/** A history that every method can take: no gap, nothing negative, nothing that is not a number. */
export interface PreparedSeries {
  readonly id: string;
  /** Starts with the first observed period; gaps are filled. */
  readonly values: Float64Array;
  /** 1 where the period was observed, 0 where its value was filled in. */
  readonly observed: Uint8Array;
  /** What was changed, in words. */
  readonly notes: readonly string[];
}

/**
 * Makes a history ready. Periods before the first observed one are left out. Negative values (more returns than
 * sales) become 0. A gap takes the last observed value of the same season, else the last observed value: a period
 * without observation, such as a stock-out, is not a period without demand.
 */
export function prepareSeries(history: SeriesHistory, seasonLength: number): PreparedSeries {
  const isObserved = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
  const first = history.values.findIndex(isObserved);
  const given = first < 0 ? [] : history.values.slice(first);
  const values = new Float64Array(given.length);
  const observed = new Uint8Array(given.length);
  let negative = 0;
  for (const [at, value] of given.entries()) {
    if (!isObserved(value)) continue;
    observed[at] = 1;
    if (value < 0) negative += 1;
    values[at] = Math.max(0, value);
  }
  const gaps = observed.reduce((count, flag) => count + 1 - flag, 0);
  if (gaps > 0) fillGaps(values, observed, seasonLength);
  const notes: string[] = [];
  if (first < 0) notes.push('nothing was observed');
  if (negative > 0) notes.push(`${negative} negative ${negative === 1 ? 'value was' : 'values were'} taken as 0`);
  if (gaps > 0) notes.push(`${gaps} ${gaps === 1 ? 'gap was' : 'gaps were'} filled`);
  return { id: history.id, values, observed, notes };
}

/** The same series as it was known after so many periods: what a back-test may see. */
export function before(series: PreparedSeries, end: number): PreparedSeries {
  return { ...series, values: series.values.subarray(0, end), observed: series.observed.subarray(0, end) };
}

function fillGaps(values: Float64Array, observed: Uint8Array, seasonLength: number): void {
  for (let at = 0; at < values.length; at += 1) {
    if (observed[at] === 1) continue;
    let from = -1;
    // Backwards only: what a back-test sees of a gap must not come from its test part.
    if (seasonLength > 1) {
      for (let back = at - seasonLength; back >= 0 && from < 0; back -= seasonLength)
        if (observed[back] === 1) from = back;
    }
    for (let back = at - 1; back >= 0 && from < 0; back -= 1) if (observed[back] === 1) from = back;
    values[at] = values[from] ?? 0;
  }
}
