import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

export const movementKinds = ['receive', 'sell', 'adjust', 'reserve', 'release', 'return'] as const;

const schema = z.object({
  sku: field.sku,
  locationId: field.id,
  unit: field.unit,
  movement: z.object({
    kind: z.enum(movementKinds),
    quantity: z.int().min(-1_000_000_000).max(1_000_000_000).describe('Pieces moved; for adjust the signed correction'),
    backordered: field.count.optional().describe('Of a reserve: what stock could not cover'),
    fromReservation: field.count.optional().describe('Of a sell: what an earlier reserve had put aside'),
    reason: field.text(200).optional(),
    reference: z.object({ kind: z.enum(['order', 'shipment', 'count', 'import', 'other']), id: field.id }).optional(),
  }),
  onHand: field.count.describe('After the movement'),
  reserved: field.count.describe('Of onHand, promised to orders'),
  available: field.count.describe('onHand - reserved'),
  backordered: field.count.describe('Ordered beyond what was available'),
  version: field.version,
  occurredAt: field.instant,
});

export type InventoryChanged = z.infer<typeof schema>;
export type MovementKind = (typeof movementKinds)[number];

export const inventoryChanged = defineEvent({
  type: 'inventory.changed',
  layer: 'transactional',
  direction: 'both',
  lane: 'live',
  producer: 'inventory-service',
  consumers: ['dealer-dashboard', 'forecast-model', 'edge'],
  purpose: 'Reflect stock changes as they happen, with the state after each.',
  patterns: ['event-notification', 'event-carried-state-transfer', 'event-sourcing', 'choreography'],
  schema,
  example: {
    sku: 'HYD-2210-08',
    locationId: 'D042-main',
    unit: 'EA',
    movement: {
      kind: 'reserve',
      quantity: 4,
      backordered: 1,
      reference: { kind: 'order', id: '0199a0c4-6f7e-7cc1-9f53-0d8a4a8c2b11' },
    },
    onHand: 11,
    reserved: 3,
    available: 8,
    backordered: 1,
    version: 58,
    occurredAt: '2026-11-02T09:14:05.120Z',
  },
  subject: (data) => data.sku,
});
