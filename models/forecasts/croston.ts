import { perSeries } from './method.ts';
import { flatCountPrediction } from './spread.ts';

/** Smoothing factor of sizes and intervals, in the middle of what the papers use. */
const SMOOTHING = 0.1;

/** Croston (1972): size of demand over interval between demands, each smoothed where there is demand. */
export const croston = perSeries('croston', ({ values }, { horizon }) =>
  flatCountPrediction('croston', crostonRate(values), varianceOf(values), horizon),
);

/** Syntetos & Boylan (2005): Croston's forecast without its upward bias. */
export const sba = perSeries('sba', ({ values }, { horizon }) =>
  flatCountPrediction('sba', (1 - SMOOTHING / 2) * crostonRate(values), varianceOf(values), horizon),
);

/**
 * Teunter, Syntetos & Babai (2011): size of demand times its probability; the probability falls in each period
 * without demand, so that a part that is no longer asked for goes to zero.
 */
export const tsb = perSeries('tsb', ({ values }, { horizon }) =>
  flatCountPrediction('tsb', tsbRate(values), varianceOf(values), horizon),
);

function crostonRate(values: Float64Array): number {
  let size = 0;
  let interval = 0;
  let since = 0;
  for (const value of values) {
    since += 1;
    if (value <= 0) continue;
    const first = interval === 0;
    size = first ? value : size + SMOOTHING * (value - size);
    interval = first ? since : interval + SMOOTHING * (since - interval);
    since = 0;
  }
  return interval === 0 ? 0 : size / interval;
}

function tsbRate(values: Float64Array): number {
  const demands = values.filter((value) => value > 0);
  if (demands.length === 0) return 0;
  let size = demands.reduce((sum, value) => sum + value, 0) / demands.length;
  let chance = demands.length / values.length;
  for (const value of values) {
    chance += SMOOTHING * ((value > 0 ? 1 : 0) - chance);
    if (value > 0) size += SMOOTHING * (value - size);
  }
  return size * chance;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
}
