import { perSeries } from './method.ts';
import { meanSquare, normalPrediction } from './spread.ts';

/**
 * Repeats the last season; the last value where the history is not longer than a season. Errors are normal, with the
 * variance of the history's seasonal differences, growing by one such variance a season (Hyndman &
 * Athanasopoulos, Forecasting: Principles and Practice, 5.5).
 */
export const seasonalNaive = perSeries('seasonal-naive', ({ values }, { horizon, seasonLength }) => {
  const lag = values.length > seasonLength ? seasonLength : 1;
  const deviation = Math.sqrt(meanSquare(values.slice(lag).map((value, at) => value - (values[at] ?? 0))));
  const ahead = Array.from({ length: horizon }, (_, step) => step);
  return normalPrediction(
    'seasonal-naive',
    ahead.map((step) => values[values.length - lag + (step % lag)] ?? 0),
    ahead.map((step) => deviation * Math.sqrt(Math.floor(step / lag) + 1)),
  );
});
