import type { Prediction } from './method.ts';
import { LEVELS } from './method.ts';
import { negativeBinomialQuantiles, normalQuantile } from './negative-binomial.ts';

const NORMAL = LEVELS.map(normalQuantile);

/** A prediction whose errors are normal with these standard deviations; nothing falls below 0. */
export function normalPrediction(method: string, mean: readonly number[], deviation: readonly number[]): Prediction {
  return {
    method,
    mean: mean.map((value) => Math.max(0, value)),
    quantiles: NORMAL.map((z) => mean.map((value, at) => Math.max(0, value + z * (deviation[at] ?? 0)))),
  };
}

/** A prediction of counts, negative binomial, the same for each period ahead. */
export function flatCountPrediction(method: string, mean: number, variance: number, horizon: number): Prediction {
  const row = negativeBinomialQuantiles(mean, variance, LEVELS);
  return {
    method,
    mean: new Array<number>(horizon).fill(mean),
    quantiles: row.map((value) => new Array<number>(horizon).fill(value)),
  };
}

/** The mean of the squares of values, from an index on; 0 when there are none. */
export function meanSquare(values: ArrayLike<number>, from = 0): number {
  let sum = 0;
  for (let at = from; at < values.length; at += 1) sum += (values[at] ?? 0) ** 2;
  return values.length > from ? sum / (values.length - from) : 0;
}
