import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

export const shipmentDispatched = defineEvent({
  type: 'shipment.dispatched',
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  producer: 'order-service',
  consumers: ['dealer-portal', 'insight-service', 'edge'],
  purpose: 'Goods of an order are on their way; feeds the timeline and the delivery figures.',
  patterns: ['event-notification', 'saga'],
  schema: z.object({
    shipmentId: field.id,
    orderId: field.id,
    carrier: field.text(80),
    trackingNumber: field.text(80).optional(),
    lines: z
      .array(z.object({ lineNumber: field.quantity, sku: field.sku, quantity: field.quantity }))
      .min(1)
      .max(500),
    complete: z.boolean().describe('Whether nothing of the order is left to ship'),
    promisedDate: field.date.optional(),
    expectedDate: field.date,
    dispatchedAt: field.instant,
  }),
  example: {
    shipmentId: 'SH-55120',
    orderId: '0199a0c4-6f7e-7cc1-9f53-0d8a4a8c2b11',
    carrier: 'DHL Freight',
    trackingNumber: '00340434161094042557',
    lines: [{ lineNumber: 1, sku: 'HYD-2210-08', quantity: 4 }],
    complete: true,
    promisedDate: '2026-11-05',
    expectedDate: '2026-11-05',
    dispatchedAt: '2026-11-03T15:30:00.000Z',
  },
  subject: (data) => data.orderId,
});
