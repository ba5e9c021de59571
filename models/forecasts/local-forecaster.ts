import { EdgeError } from '../../src/core/errors.ts';
import type { Forecaster, SeriesForecast, SeriesHistory } from '../core/ports.ts';
import { type ForecastMethod, LEVELS } from './method.ts';
import { prepareSeries } from './prepare-series.ts';
import { router } from './router.ts';

/** Raised with every change that changes a forecast. */
const VERSION = '1';
const HORIZON_MAX = 400;

export interface NotedForecast extends SeriesForecast {
  /** What was changed in the history before forecasting, in words. */
  readonly notes: readonly string[];
}

/**
 * Forecasts a whole assortment in one call, with the method that the router chooses for each series, or with one
 * given method.
 * @throws {EdgeError} `invalid-request` for a horizon, a season or a quantile that is not offered. A history never
 *   throws, whatever is in it.
 */
export async function forecastAssortment(
  histories: readonly SeriesHistory[],
  options: { readonly horizon: number; readonly seasonLength: number; readonly quantiles?: readonly number[] },
  method: ForecastMethod = router,
): Promise<NotedForecast[]> {
  const { horizon, seasonLength, quantiles = LEVELS } = options;
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > HORIZON_MAX) {
    throw new EdgeError('invalid-request', `The horizon is a whole number from 1 to ${HORIZON_MAX}, not ${horizon}.`);
  }
  if (!Number.isInteger(seasonLength) || seasonLength < 1) {
    throw new EdgeError(
      'invalid-request',
      `The season length is a whole number of periods from 1 (no season), not ${seasonLength}.`,
    );
  }
  const rows = quantiles.map((level) => {
    const row = (LEVELS as readonly number[]).indexOf(level);
    if (row < 0) {
      throw new EdgeError('invalid-request', `There is no quantile ${level}. There are ${LEVELS.join(', ')}.`);
    }
    return { level, row };
  });
  const assortment = histories.map((history) => prepareSeries(history, seasonLength));
  const predictions = await method.forecast(assortment, { horizon, seasonLength });
  return predictions.map((prediction, place) => ({
    id: histories[place]?.id ?? '',
    method: `${prediction.method}@${VERSION}`,
    mean: prediction.mean,
    quantiles: new Map(rows.map(({ level, row }) => [level, prediction.quantiles[row] ?? []])),
    notes: assortment[place]?.notes ?? [],
  }));
}

/** The router behind the `Forecaster` port. */
export const localForecaster: Forecaster = {
  forecast: async (histories, options) => forecastAssortment(histories, options),
};
