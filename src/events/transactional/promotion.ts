import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const schema = z.object({
  promotionId: field.id,
  name: field.text(200),
  description: field.text(1000).optional(),
  discountBasisPoints: field.basisPoints.describe('Off the unit price that tiers give'),
  skus: z.array(field.sku).max(5000).describe('Empty with categories empty: every product'),
  categories: z.array(field.text(80)).max(200),
  minimumQuantity: field.quantity,
  activeFrom: field.instant,
  activeTo: field.instant,
  version: field.version,
});

export type PromotionActivated = z.infer<typeof schema>;

export const promotionActivated = defineEvent({
  type: 'promotion.activated',
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  producer: 'marketing-service',
  consumers: ['dealer-portal', 'forecast-model', 'edge'],
  purpose: 'A dated discount; applied in pricing inside its dates and given to forecasts as a covariate.',
  patterns: ['event-notification', 'event-carried-state-transfer'],
  schema,
  example: {
    promotionId: 'PROMO-HARVEST-26',
    name: 'Harvest readiness',
    description: 'Belts and filters before the season',
    discountBasisPoints: 800,
    skus: [],
    categories: ['Belts', 'Filters'],
    minimumQuantity: 2,
    activeFrom: '2026-06-01T00:00:00.000Z',
    activeTo: '2026-07-31T23:59:59.000Z',
    version: 1,
  },
  subject: (data) => data.promotionId,
});
