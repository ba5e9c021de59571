import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, modelReference } from '../parts.ts';

const schema = z.object({
  recommendationId: field.id,
  dealerId: field.dealerId,
  kind: z.enum(['reorder', 'discovery']),
  model: modelReference,
  items: z
    .array(
      z.object({
        rank: z.int().min(1).max(500),
        sku: field.sku,
        quantity: field.quantity,
        unit: field.unit,
        score: field.measure.describe('Comparable within one output only'),
        reasonCode: z.enum([
          'below-reorder-point',
          'seasonal',
          'bought-together',
          'similar',
          'promotion',
          'substitute',
        ]),
        reason: field.text(300).describe('For people'),
        evidence: figures.optional().describe('The figures that the reason rests on'),
      }),
    )
    .max(500),
  candidates: field.count.describe('How many were scored'),
  suppressed: field.count.describe('How many were left out because of earlier feedback'),
  forecastIds: z.array(field.id).max(500).optional(),
  validUntil: field.instant,
  generatedAt: field.instant,
});

export type RecommenderOutput = z.infer<typeof schema>;

export const recommenderOutput = defineEvent({
  type: 'recommender.output',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'recommender-engine',
  consumers: ['dealer-portal', 'insight-service', 'edge'],
  purpose: 'What to reorder or try next, in which quantity and why.',
  patterns: ['event-carried-state-transfer', 'choreography'],
  schema,
  example: {
    recommendationId: 'REC-2026-11-02-07',
    dealerId: 'D042',
    kind: 'reorder',
    model: { task: 'recommendation', version: 'recommender-1.0.0' },
    items: [
      {
        rank: 1,
        sku: 'HYD-2210-08',
        quantity: 12,
        unit: 'EA',
        score: 0.92,
        reasonCode: 'below-reorder-point',
        reason: '8 available, about 14 needed in the 4 days of lead time and the 2 weeks after',
        evidence: { available: 8, reorderPoint: 14, leadTimeDays: 4, q90Demand: 25.4 },
      },
    ],
    candidates: 412,
    suppressed: 3,
    forecastIds: ['FC-2026-11-02-HYD-2210-08'],
    validUntil: '2026-11-03T03:00:00.000Z',
    generatedAt: '2026-11-02T03:01:00.000Z',
  },
  subject: (data) => data.recommendationId,
});
