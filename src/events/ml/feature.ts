import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, period } from '../parts.ts';

const schema = z.object({
  featureView: field.id,
  featureViewVersion: field.version.describe('Of the calculation; rows of two versions are never mixed'),
  dealerId: field.dealerId,
  window: period,
  rows: z
    .array(
      z.object({
        sku: field.sku.optional().describe('Absent for a row about the dealer as a whole'),
        values: figures,
        version: field.version.describe('Of this row; the highest one is current'),
      }),
    )
    .min(1)
    .max(500),
  logPosition: field.count.describe('The last log position that went into the rows'),
  computedAt: field.instant,
});

export type FeatureUpdated = z.infer<typeof schema>;

export const featureUpdated = defineEvent({
  type: 'feature.updated',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'feature-store',
  consumers: ['training-pipelines', 'edge'],
  purpose: 'Feature rows of a dealer and its SKUs, computed from the stream; keeps models up to date.',
  patterns: ['streaming-etl', 'event-carried-state-transfer'],
  schema,
  example: {
    featureView: 'dealer-sku-demand-28d',
    featureViewVersion: 1,
    dealerId: 'D042',
    window: { from: '2026-10-05T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
    rows: [
      {
        sku: 'HYD-2210-08',
        values: { soldQuantity: 31, orderCount: 9, daysOutOfStock: 2, unitPriceMinor: 4890, priceRatio: 1.04 },
        version: 17,
      },
      { values: { activeSkus: 412, orderCount: 96, meanBasketLines: 3.4 }, version: 17 },
    ],
    logPosition: 48_211,
    computedAt: '2026-11-02T09:15:00.000Z',
  },
  subject: (data) => `${data.featureView}:${data.dealerId}`,
});
