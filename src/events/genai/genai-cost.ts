import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { period, tokenUsage } from '../parts.ts';

const schema = z.object({
  metricId: field.id,
  provider: field.id,
  model: field.text(120),
  operation: z.enum(['chat', 'embedding', 'evaluation']),
  window: period,
  requests: field.count,
  usage: tokenUsage,
  // One request costs a fraction of a cent, so the prices travel along and sums can be recomputed exactly.
  prices: z.object({
    inputPerMillionTokensMinor: field.minorUnits,
    outputPerMillionTokensMinor: field.minorUnits,
    cachedInputPerMillionTokensMinor: field.minorUnits.optional(),
  }),
  amountMinor: field.minorUnits.describe('Rounded half up, over the whole window'),
  currency: field.currency,
  budget: z
    .object({ period: z.enum(['day', 'month']), limitMinor: field.minorUnits, spentMinor: field.minorUnits })
    .optional(),
  conversationId: field.id.optional(),
  measuredAt: field.instant,
});

export type GenaiCostMetric = z.infer<typeof schema>;

export const genaiCostMetric = defineEvent({
  type: 'genai.cost.metric',
  layer: 'genai',
  direction: 'up',
  lane: 'bulk',
  producer: 'genaiops-agent',
  consumers: ['aiops', 'edge'],
  purpose: 'Tokens and money that a language model used in a window, against the budget.',
  patterns: ['event-notification', 'streaming-etl'],
  schema,
  example: {
    metricId: 'COST-2026-11-02T11',
    provider: 'local-gateway',
    model: 'dealeriq-llm-2026-10',
    operation: 'chat',
    window: { from: '2026-11-02T11:00:00.000Z', to: '2026-11-02T12:00:00.000Z' },
    requests: 42,
    usage: { inputTokens: 59_304, outputTokens: 9870, cachedInputTokens: 40_960 },
    prices: {
      inputPerMillionTokensMinor: 300,
      outputPerMillionTokensMinor: 1500,
      cachedInputPerMillionTokensMinor: 30,
    },
    amountMinor: 22,
    currency: 'EUR',
    budget: { period: 'month', limitMinor: 20_000, spentMinor: 1840 },
    measuredAt: '2026-11-02T12:00:01.000Z',
  },
  subject: (data) => `${data.provider}:${data.operation}`,
});
