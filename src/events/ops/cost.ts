import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { period } from '../parts.ts';

const schema = z.object({
  spikeId: field.id,
  provider: field.id,
  model: field.text(120).optional().describe('Absent when the spike is across models'),
  window: period,
  observedMinor: field.minorUnits,
  expectedMinor: field.minorUnits,
  currency: field.currency,
  ratio: field.measure.describe('Observed over expected'),
  threshold: field.measure.describe('The ratio that counts as a spike'),
  budget: z
    .object({ period: z.enum(['day', 'month']), limitMinor: field.minorUnits, spentMinor: field.minorUnits })
    .optional(),
  drivers: z
    .array(z.object({ kind: field.id, id: field.text(120), amountMinor: field.minorUnits, requests: field.count }))
    .max(50)
    .describe('What it was spent on, the largest first'),
  guard: z.enum(['none', 'throttle', 'retrieval-only']).describe('What the budget guard did'),
  detectedAt: field.instant,
});

export type CostSpikeDetected = z.infer<typeof schema>;

export const costSpikeDetected = defineEvent({
  type: 'cost.spike.detected',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'langsmith',
  consumers: ['finance-dashboard', 'edge'],
  purpose: 'Spending on language models is well above what it usually is; the budget guard acts.',
  patterns: ['event-notification', 'streaming-etl'],
  schema,
  example: {
    spikeId: 'SPIKE-2026-11-02-01',
    provider: 'local-gateway',
    model: 'dealeriq-llm-2026-10',
    window: { from: '2026-11-02T11:00:00.000Z', to: '2026-11-02T12:00:00.000Z' },
    observedMinor: 640,
    expectedMinor: 25,
    currency: 'EUR',
    ratio: 25.6,
    threshold: 3,
    budget: { period: 'month', limitMinor: 20_000, spentMinor: 2480 },
    drivers: [{ kind: 'template', id: 'parts-assistant:4', amountMinor: 610, requests: 1180 }],
    guard: 'throttle',
    detectedAt: '2026-11-02T12:00:02.000Z',
  },
  subject: (data) => data.provider,
});
