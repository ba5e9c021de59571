import { type Prediction, perSeries } from './method.ts';
import { isSeasonal, seasonalIndices } from './seasonal-index.ts';
import { normalPrediction } from './spread.ts';

/**
 * The theta method (Assimakopoulos & Nikolopoulos 2000) as simple exponential smoothing with half the trend as drift
 * (Hyndman & Billah 2003), on the series without its season where it has one. Errors are normal with the variance
 * of exponential smoothing.
 */
export const theta = perSeries('theta', ({ values }, { horizon, seasonLength }): Prediction => {
  const seasonal = isSeasonal(values, seasonLength);
  const indices = seasonal
    ? seasonalIndices(
        values,
        seasonLength,
        values.every((value) => value > 0),
      )
    : undefined;
  const multiplicative = indices !== undefined && values.every((value) => value > 0);
  const level = indices === undefined ? values : values.map((value, at) => without(value, indices, at, multiplicative));
  const { alpha, last, variance } = bestSmoothing(level);
  const drift = slope(level) / 2;
  const mean: number[] = [];
  const deviation: number[] = [];
  const decay = (1 - alpha) ** level.length;
  for (let step = 1; step <= horizon; step += 1) {
    const flat = last + drift * (step - 1 + (1 - decay) / alpha);
    const spread = Math.sqrt(variance * (1 + (step - 1) * alpha * alpha));
    const index = indices?.[(values.length + step - 1) % seasonLength];
    mean.push(index === undefined ? flat : multiplicative ? flat * index : flat + index);
    deviation.push(index === undefined || !multiplicative ? spread : spread * index);
  }
  return normalPrediction('theta', mean, deviation);
});

function without(value: number, indices: Float64Array, at: number, multiplicative: boolean): number {
  const index = indices[at % indices.length] ?? 0;
  return multiplicative ? value / index : value - index;
}

/** The slope of the least squares line; 0 for fewer than three values. */
function slope(values: Float64Array): number {
  const count = values.length;
  if (count < 3) return 0;
  const middle = (count - 1) / 2;
  let product = 0;
  for (let at = 0; at < count; at += 1) product += (at - middle) * (values[at] ?? 0);
  return product / ((count * (count * count - 1)) / 12);
}

/** Simple exponential smoothing with the smallest squared error over a grid of factors. */
function bestSmoothing(values: Float64Array): { alpha: number; last: number; variance: number } {
  let best = { alpha: 0.1, last: values[0] ?? 0, variance: 0 };
  let least = Number.POSITIVE_INFINITY;
  const starters = Math.min(values.length, 6);
  const start = values.subarray(0, starters).reduce((sum, value) => sum + value, 0) / Math.max(1, starters);
  for (let alpha = 0.02; alpha < 1; alpha += 0.02) {
    let level = start;
    let squares = 0;
    for (let at = 0; at < values.length; at += 1) {
      const error = (values[at] ?? 0) - level;
      squares += error * error;
      level += alpha * error;
    }
    if (squares >= least) continue;
    least = squares;
    best = { alpha, last: level, variance: squares / Math.max(1, values.length - 2) };
  }
  return best;
}
