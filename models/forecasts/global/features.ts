import type { Ahead } from '../method.ts';
import type { PreparedSeries } from '../prepare-series.ts';
import { isSeasonal, seasonalIndices } from '../seasonal-index.ts';
import { theta } from '../theta.ts';

/** What the global model sees of one period ahead of one series. Values are in units of `scale`. */
export interface StepFeatures {
  /** Mean demand of the recent past; what the model gives is a multiple of it. */
  readonly scale: number;
  /** For each period ahead the forecast that the model corrects, in pieces. */
  readonly anchor: readonly number[];
  /** One row of `FEATURES` numbers for each period ahead, after each other. */
  readonly rows: Float32Array;
}

const RECENT = 12;
const SPANS = [3, 6, 12, 24, 36] as const;
const RATES = [0.05, 0.1, 0.2, 0.4, 0.7] as const;
const SEASONS_BACK = 4;
/** Scaled values beyond this say no more than that they are large. */
const LIMIT = 10;

/** Numbers in a row: of the series, then of the period. */
export const FEATURES = RECENT + SPANS.length + RATES.length + 9 + (3 + 2 * SEASONS_BACK + 5);

/**
 * Describes a history for the model, one row for each period ahead. What is missing (an earlier season, a longer past)
 * stands at the mean, with a flag beside it where the model has to know. `undefined` where nothing was ever sold.
 */
export function stepFeatures(series: PreparedSeries, ahead: Ahead): StepFeatures | undefined {
  const { values } = series;
  const { horizon, seasonLength } = ahead;
  const scale = scaleOf(values, seasonLength);
  if (scale <= 0) return undefined;
  const common = seriesFeatures(values, scale);
  const anchor = theta.one(series, ahead).mean;
  const seasonal = seasonLength > 1 && values.length >= 2 * seasonLength + 1;
  const indices = seasonal ? seasonalIndices(values, seasonLength, false) : undefined;
  const tested = isSeasonal(values, seasonLength) ? 1 : 0;
  const rows = new Float32Array(FEATURES * horizon);
  for (let step = 0; step < horizon; step += 1) {
    const lags: number[] = [];
    let sum = 0;
    let count = 0;
    for (let back = 1; back <= SEASONS_BACK; back += 1) {
      const at = values.length + step - back * seasonLength * Math.ceil((step + 1) / seasonLength);
      const known = seasonLength > 1 && at >= 0;
      const value = known ? (values[at] ?? 0) / scale : 1;
      lags.push(bounded(value), known ? 1 : 0);
      if (known) {
        sum += value;
        count += 1;
      }
    }
    const index = indices?.[(values.length + step) % seasonLength] ?? 0;
    const row = [
      ...common,
      bounded((anchor[step] ?? 0) / scale),
      Math.log1p(step),
      (step + 1) / RECENT,
      ...lags,
      bounded(count === 0 ? 1 : sum / count),
      bounded(index / scale),
      tested,
      seasonLength > 1 ? 1 : 0,
      bounded((anchor[0] ?? 0) / scale),
    ];
    rows.set(row, step * FEATURES);
  }
  return { scale, anchor, rows };
}

function seriesFeatures(values: Float64Array, scale: number): number[] {
  const recent = Array.from({ length: RECENT }, (_, back) => {
    const at = values.length - 1 - back;
    return at < 0 ? 1 : bounded((values[at] ?? 0) / scale);
  });
  const spans = SPANS.map((span) => bounded(mean(values.subarray(Math.max(0, values.length - span))) / scale));
  const levels = RATES.map((rate) => bounded(smoothed(values, rate) / scale));
  const year = values.subarray(Math.max(0, values.length - RECENT));
  const years = values.subarray(Math.max(0, values.length - 3 * RECENT));
  let sinceDemand = values.length;
  for (let at = values.length - 1; at >= 0; at -= 1) {
    if ((values[at] ?? 0) <= 0) continue;
    sinceDemand = values.length - 1 - at;
    break;
  }
  return [
    ...recent,
    ...spans,
    ...levels,
    bounded(deviation(year) / scale),
    bounded(deviation(years) / scale),
    bounded(deviation(values) / scale),
    shareOfZeros(year),
    shareOfZeros(values),
    Math.log1p(values.length) / 5,
    Math.log1p(sinceDemand) / 3,
    // Counts are spread by their level, which the scaled values do not show.
    Math.min(Math.log1p(scale), LIMIT) / 3,
    bounded(Math.max(...year) / scale),
  ];
}

/** Mean of the last two seasons or years; of all where these had no demand. */
function scaleOf(values: Float64Array, seasonLength: number): number {
  const span = Math.max(2 * RECENT, 2 * Math.min(seasonLength, 5 * RECENT));
  const recent = mean(values.subarray(Math.max(0, values.length - span)));
  return recent > 0 ? recent : mean(values);
}

function smoothed(values: Float64Array, rate: number): number {
  let level = mean(values.subarray(0, 6));
  for (const value of values) level += rate * (value - level);
  return level;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function deviation(values: Float64Array): number {
  const middle = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - middle) ** 2;
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}

function shareOfZeros(values: Float64Array): number {
  let zeros = 0;
  for (const value of values) if (value <= 0) zeros += 1;
  return values.length === 0 ? 0 : zeros / values.length;
}

const bounded = (value: number): number => Math.max(-LIMIT, Math.min(LIMIT, value));
