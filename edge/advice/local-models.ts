import type { Forecaster } from '../../models/core/ports.ts';
import { discountedMean } from '../../models/forecasts/discounted-mean.ts';
import { forecastAssortment, localForecaster } from '../../models/forecasts/local-forecaster.ts';
import { replenishment } from '../../models/forecasts/replenishment.ts';
import { createBasketRecommender, type ExplainedSuggestion } from '../../models/recommendations/recommender.ts';
import { PERIOD_DAYS } from '../../src/pipelines/periods.ts';
import type {
  AdviceModels,
  BasketAnswer,
  BasketQuestion,
  ForecastModel,
  StockPolicy,
  StoredForecast,
} from '../../src/runtime/advice.ts';

export const FORECAST_VERSION = 'forecast-router-2';
const FALLBACK_VERSION = 'forecast-discounted-mean-1';
export const RECOMMENDER_VERSION = 'recommender-blend-1';

/** The method chosen by demand class and back-test, and the plain one that answers once that is no longer trusted. */
export const forecasters = {
  'router': localForecaster,
  'discounted-mean': {
    forecast: async (histories, options) => forecastAssortment(histories, options, discountedMean),
  },
} as const satisfies Readonly<Record<string, Forecaster>>;

export type ForecastMethodName = keyof typeof forecasters;

/** @param forecaster a method, wherever it runs */
export function forecastModel(forecaster: (method: ForecastMethodName) => Forecaster): ForecastModel {
  return {
    forecaster: forecaster('router'),
    version: FORECAST_VERSION,
    fallback: { forecaster: forecaster('discounted-mean'), version: FALLBACK_VERSION },
  };
}

/** The models that are code alone, on the thread that calls. */
export const localModels: AdviceModels = {
  forecast: () => forecastModel((method) => forecasters[method]),
  recommend: { version: RECOMMENDER_VERSION, recommend: recommendFromBaskets },
  replenish,
};

/** Learns from the dealer's orders and suggests the next one. */
export async function recommendFromBaskets(question: BasketQuestion): Promise<BasketAnswer[]> {
  const { customer, baskets, dismissals, at, limit } = question;
  const recommender = createBasketRecommender({
    histories: [{ customer, baskets }],
    customer,
    dismissals: () => dismissals,
  });
  const suggestions = await recommender.recommend({ at, limit });
  return suggestions.map((one) => {
    const { sku, quantity, score, reason, kind } = one;
    return { sku, quantity, score, reason, kind, reasonCode: reasonCodeOf(one) };
  });
}

/** The code of the event for what speaks for a suggestion. */
function reasonCodeOf({ parts, kind }: ExplainedSuggestion): BasketAnswer['reasonCode'] {
  if (kind === 'reorder') return 'seasonal';
  const evidence = parts.flatMap((part) => part.evidence ?? [])[0];
  return evidence?.kind === 'bought-together' ? 'bought-together' : 'similar';
}

/**
 * Reorder point and order-up-to level of a stored forecast. The expected demand is taken from its three quantiles by
 * Swanson's rule (.3, .4, .3; Keefer & Bodily, Management Science 1983).
 */
export function replenish({ points, granularity }: StoredForecast, { leadTimeDays, serviceLevel }: StockPolicy) {
  const days = granularity === 'day' ? 1 : PERIOD_DAYS[granularity];
  return replenishment(
    {
      mean: points.map(({ q10, q50, q90 }) => 0.3 * q10 + 0.4 * q50 + 0.3 * q90),
      quantiles: new Map([
        [0.1, points.map(({ q10 }) => q10)],
        [0.5, points.map(({ q50 }) => q50)],
        [0.9, points.map(({ q90 }) => q90)],
      ]),
    },
    // Stock is looked at once a period.
    { leadTime: leadTimeDays / days, reviewPeriod: 1, serviceLevel },
  );
}

/** The models of this program that are no files. */
export const CODE_MODELS = [
  { task: 'forecast', version: FORECAST_VERSION },
  { task: 'recommendation', version: RECOMMENDER_VERSION },
] as const;
