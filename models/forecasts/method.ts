import type { PreparedSeries } from './prepare-series.ts';

/** The quantiles that every method gives, lowest first. */
export const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** How far ahead, and how many periods a season has (1: none). */
export interface Ahead {
  readonly horizon: number;
  readonly seasonLength: number;
}

export interface Prediction {
  /** Which method made it. */
  readonly method: string;
  /** Expected value for each period ahead. */
  readonly mean: readonly number[];
  /** One row for each of `LEVELS`, with a value for each period ahead. */
  readonly quantiles: readonly (readonly number[])[];
}

/** Forecasts an assortment. It sees every history at once, and may learn from one series for another. */
export interface ForecastMethod {
  readonly name: string;
  /** One prediction a series, in order. Takes any prepared series, also an empty one. */
  forecast(assortment: readonly PreparedSeries[], ahead: Ahead): Promise<readonly Prediction[]>;
}

/** A method that looks at one series at a time. */
export function perSeries(
  name: string,
  one: (series: PreparedSeries, ahead: Ahead) => Prediction,
): ForecastMethod & { readonly one: typeof one } {
  return { name, one, forecast: async (assortment, ahead) => assortment.map((series) => one(series, ahead)) };
}
