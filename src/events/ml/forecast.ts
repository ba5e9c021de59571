import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, modelReference } from '../parts.ts';

/** Expected demand is never negative; fractions are kept, since slow movers sell less than one a period. */
const demand = z.number().min(0);

const granularity = z.enum(['day', 'week', 'month']);

const generated = z.object({
  forecastId: field.id,
  sku: field.sku,
  locationId: field.id.optional(),
  unit: field.unit,
  method: field.id.describe('How it was made: seasonal-naive, croston, gradient-boosting'),
  model: modelReference,
  granularity,
  history: z.object({ from: field.date, to: field.date, periods: field.count, zeroPeriods: field.count }),
  horizon: z.int().min(1).max(366).describe('Periods ahead'),
  points: z
    .array(z.object({ periodStart: field.date, q10: demand, q50: demand, q90: demand }))
    .min(1)
    .max(366)
    .describe('One for each period, with the 10, 50 and 90 % quantiles'),
  covariates: z.array(field.text(120)).max(100).optional().describe('Promotions and prices that it knows of'),
  backtest: figures.optional().describe('Errors of the same method on the latest history'),
  generatedAt: field.instant,
});

export type ForecastGenerated = z.infer<typeof generated>;

const model = {
  task: 'forecast',
  version: 'forecast-1.2.0',
  sha256: '9f2b6c0e5a7d41388bd2c4f6e0a1937564fd20b8c3e79a1d5b60f4827e93ac15',
};

export const forecastGenerated = defineEvent({
  type: 'forecast.generated',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'forecast-service',
  consumers: ['dealer-dashboard', 'edge'],
  purpose: 'Expected demand of a SKU with its uncertainty; feeds the chart and the reorder suggestion.',
  patterns: ['event-carried-state-transfer', 'choreography'],
  schema: generated,
  example: {
    forecastId: 'FC-2026-11-02-HYD-2210-08',
    sku: 'HYD-2210-08',
    locationId: 'D042-main',
    unit: 'EA',
    method: 'gradient-boosting',
    model,
    granularity: 'week',
    history: { from: '2024-11-04', to: '2026-11-01', periods: 104, zeroPeriods: 11 },
    horizon: 2,
    points: [
      { periodStart: '2026-11-02', q10: 3, q50: 7.2, q90: 12.5 },
      { periodStart: '2026-11-09', q10: 2.6, q50: 6.8, q90: 12.9 },
    ],
    covariates: ['promotion:PROMO-HARVEST-26'],
    backtest: { wape: 0.23, coverage80: 0.8 },
    generatedAt: '2026-11-02T03:00:00.000Z',
  },
  subject: (data) => data.sku,
});

const error = z.object({
  forecastId: field.id,
  sku: field.sku,
  unit: field.unit,
  method: field.id,
  model: modelReference,
  granularity,
  periodStart: field.date,
  stepsAhead: z.int().min(1).max(366),
  actual: demand,
  forecast: z.object({ q10: demand, q50: demand, q90: demand }),
  absoluteError: z.number().min(0),
  bias: field.measure.describe('q50 minus actual'),
  scaledError: z.number().min(0).optional().describe('MASE term: over the error of the naive method'),
  pinballLoss: z.number().min(0).describe('Mean over the three quantiles'),
  covered: z.boolean().describe('Whether the actual lies between q10 and q90'),
  stockedOut: z.boolean().describe('Then sales understate demand, and the error does not count'),
  reportedAt: field.instant,
});

export type ForecastErrorReported = z.infer<typeof error>;

export const forecastErrorReported = defineEvent({
  type: 'forecast.error.reported',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'forecast-evaluator',
  consumers: ['mlops', 'edge'],
  purpose: 'How far a forecast was off, once the period has closed; input to drift and retraining.',
  patterns: ['event-notification', 'streaming-etl'],
  schema: error,
  example: {
    forecastId: 'FC-2026-10-26-HYD-2210-08',
    sku: 'HYD-2210-08',
    unit: 'EA',
    method: 'gradient-boosting',
    model,
    granularity: 'week',
    periodStart: '2026-10-26',
    stepsAhead: 1,
    actual: 9,
    forecast: { q10: 3, q50: 7, q90: 12.4 },
    absoluteError: 2,
    bias: -2,
    scaledError: 0.71,
    pinballLoss: 0.647,
    covered: true,
    stockedOut: false,
    reportedAt: '2026-11-02T00:10:00.000Z',
  },
  subject: (data) => data.sku,
});
