import { croston, sba, tsb } from './croston.ts';
import { discountedMean } from './discounted-mean.ts';
import { ets } from './ets.ts';
import type { ForecastMethod } from './method.ts';
import { etsTheta } from './router.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

/** Every method that can be compared, yardsticks first. */
export const METHODS: readonly ForecastMethod[] = [
  seasonalNaive,
  croston,
  sba,
  tsb,
  discountedMean,
  theta,
  ets,
  etsTheta,
];
