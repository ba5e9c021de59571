/** How good forecasts are, by the measures that published comparisons use. Absent actual values count for nothing. */

/** The quantiles over which the weighted quantile loss is taken. */
export const WQL_LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** What was forecast for one series and what came. */
export interface ScoredSeries {
  /** What was known when the forecast was made, oldest first. */
  readonly history: readonly (number | undefined)[];
  readonly actual: readonly (number | undefined)[];
  /** By quantile: a value for each period of `actual`. */
  readonly quantiles: ReadonlyMap<number, readonly number[]>;
}

/**
 * Quantile (pinball) loss of one forecast: `level × (actual − forecast)` when the actual value lies above,
 * `(1 − level) × (forecast − actual)` when below (Koenker & Bassett 1978).
 */
export function pinball(actual: number, forecast: number, level: number): number {
  return actual >= forecast ? level * (actual - forecast) : (1 - level) * (forecast - actual);
}

/** The sum of the pinball loss at one level over all series and periods, divided by the number of values. */
export function meanPinball(series: readonly ScoredSeries[], level: number): number {
  const { loss, count } = pinballSum(series, level);
  return count === 0 ? Number.NaN : loss / count;
}

/** Twice the pinball loss at one level over the sum of the absolute actual values. */
export function scaledPinball(series: readonly ScoredSeries[], level: number): number {
  const { loss, absolute } = pinballSum(series, level);
  return absolute === 0 ? Number.NaN : (2 * loss) / absolute;
}

/**
 * Weighted quantile loss over .1 … .9: twice the pinball loss, averaged over the levels, divided by the sum of the
 * absolute actual values of all series. Zero for a perfect forecast; forecasting zero everywhere gives exactly 1.
 */
export function weightedQuantileLoss(series: readonly ScoredSeries[]): number {
  let sum = 0;
  for (const level of WQL_LEVELS) sum += scaledPinball(series, level);
  return sum / WQL_LEVELS.length;
}

/**
 * Mean absolute error of a series' seasonal naive forecast within its history: what MASE is scaled by (Hyndman &
 * Koehler 2006). The plain naive forecast when the history is not longer than a season; `undefined` when that is
 * no positive number, as for a history of zeros.
 */
export function seasonalNaiveError(history: readonly (number | undefined)[], seasonLength: number): number | undefined {
  const lag = history.length > seasonLength ? seasonLength : 1;
  let sum = 0;
  let count = 0;
  for (let at = lag; at < history.length; at += 1) {
    const now = history[at];
    const before = history[at - lag];
    if (now === undefined || before === undefined) continue;
    sum += Math.abs(now - before);
    count += 1;
  }
  return sum > 0 ? sum / count : undefined;
}

/**
 * Mean absolute scaled error of the median forecast, averaged over the series. Series whose scale is no positive
 * number are left out and counted.
 */
export function meanAbsoluteScaledError(
  series: readonly ScoredSeries[],
  seasonLength: number,
): { readonly mase: number; readonly leftOut: number } {
  let sum = 0;
  let scored = 0;
  for (const one of series) {
    const scale = seasonalNaiveError(one.history, seasonLength);
    const median = levelOf(one, 0.5);
    let error = 0;
    let count = 0;
    for (const [at, value] of one.actual.entries()) {
      if (value === undefined) continue;
      error += Math.abs(value - (median[at] ?? 0));
      count += 1;
    }
    if (scale === undefined || count === 0) continue;
    sum += error / count / scale;
    scored += 1;
  }
  return { mase: scored === 0 ? Number.NaN : sum / scored, leftOut: series.length - scored };
}

/** The share of actual values from the lower to the upper quantile, both included. */
export function coverage(series: readonly ScoredSeries[], lower: number, upper: number): number {
  let inside = 0;
  let count = 0;
  for (const one of series) {
    const low = levelOf(one, lower);
    const high = levelOf(one, upper);
    for (const [at, value] of one.actual.entries()) {
      if (value === undefined) continue;
      count += 1;
      if (value >= (low[at] ?? 0) && value <= (high[at] ?? 0)) inside += 1;
    }
  }
  return count === 0 ? Number.NaN : inside / count;
}

function pinballSum(series: readonly ScoredSeries[], level: number) {
  let loss = 0;
  let absolute = 0;
  let count = 0;
  for (const one of series) {
    const forecast = levelOf(one, level);
    for (const [at, value] of one.actual.entries()) {
      if (value === undefined) continue;
      loss += pinball(value, forecast[at] ?? 0, level);
      absolute += Math.abs(value);
      count += 1;
    }
  }
  return { loss, absolute, count };
}

function levelOf(series: ScoredSeries, level: number): readonly number[] {
  const values = series.quantiles.get(level);
  if (values === undefined) throw new RangeError(`The forecast has no quantile ${level}.`);
  return values;
}
