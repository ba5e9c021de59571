import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const schema = z.object({
  sku: field.sku,
  priceListId: field.id,
  currency: field.currency,
  unit: field.unit,
  listUnitPriceMinor: field.minorUnits,
  tiers: z
    .array(z.object({ minimum: field.quantity, unitPriceMinor: field.minorUnits }))
    .max(20)
    .describe('Ascending by minimum; the highest one reached applies'),
  effectiveFrom: field.instant,
  effectiveTo: field.instant.optional(),
  reason: field.text(200).optional(),
  version: field.version,
});

export type PriceChanged = z.infer<typeof schema>;

export const priceChanged = defineEvent({
  type: 'price.changed',
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  producer: 'pricing-service',
  consumers: ['catalog', 'dealer-portal', 'ml-retraining', 'edge'],
  purpose: 'A price of a price list, from an effective time on; earlier ones stay as history.',
  patterns: ['event-notification', 'event-carried-state-transfer', 'choreography'],
  schema,
  example: {
    sku: 'HYD-2210-08',
    priceListId: 'EU-2026',
    currency: 'EUR',
    unit: 'EA',
    listUnitPriceMinor: 4890,
    tiers: [{ minimum: 4, unitPriceMinor: 4597 }],
    effectiveFrom: '2026-10-01T00:00:00.000Z',
    reason: 'annual review',
    version: 12,
  },
  subject: (data) => data.sku,
});
