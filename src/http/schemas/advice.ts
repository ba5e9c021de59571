import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';

/** Forecasts, suggestions, pipelines and incidents over HTTP. */

const demand = z.number().min(0);

export const forecast = z
  .object({
    sku: field.sku,
    unit: field.unit,
    granularity: z.enum(['day', 'week', 'month']),
    method: z.string(),
    model: z.object({ task: z.string(), version: z.string() }),
    generatedAt: field.instant,
    history: z
      .array(z.object({ periodStart: field.date, quantity: z.number().optional() }))
      .describe('Closed periods; without a quantity where stock was out'),
    points: z.array(z.object({ periodStart: field.date, q10: demand, q50: demand, q90: demand })),
    backtest: z.record(z.string(), z.number()).optional(),
    replenishment: z
      .object({
        reorderPoint: field.count,
        orderUpTo: field.count,
        leadTimeDays: z.number(),
        serviceLevel: z.number(),
        available: field.count,
      })
      .optional(),
    errors: z
      .object({ periods: field.count, meanAbsoluteError: demand, coverage80: z.number().min(0).max(1) })
      .optional()
      .describe('Of earlier forecasts, over the periods that have closed'),
  })
  .openapi('Forecast');

export const suggestion = z
  .object({
    recommendationId: z.string(),
    rank: field.count,
    sku: field.sku,
    name: z.string(),
    quantity: field.quantity,
    unit: field.unit,
    kind: z.enum(['reorder', 'discovery']),
    reasonCode: z.string(),
    reason: z.string(),
    score: z.number(),
    available: field.count,
    modelVersion: z.string(),
  })
  .openapi('Suggestion');

export const suggestions = z
  .object({ items: z.array(suggestion), generatedAt: field.instant.optional() })
  .openapi('Suggestions');

export const pipeline = z
  .object({
    name: z.string(),
    state: z.enum(['waiting', 'running', 'failed', 'stopped']),
    lastRunAt: field.instant.optional(),
    lastDurationMs: field.count.optional(),
    lastError: z.string().optional(),
    runs: field.count,
    failures: field.count,
  })
  .openapi('Pipeline');

export const incident = z
  .object({
    incidentId: z.string(),
    pipeline: z.string(),
    severity: z.string(),
    title: z.string(),
    reason: z.string(),
    openedAt: field.instant,
    closedAt: field.instant.optional(),
    resolution: z.string().optional(),
  })
  .openapi('Incident');
