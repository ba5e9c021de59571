import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

/** How one line came to its price: enough to explain it years later. */
const linePrice = z.object({
  listUnitPriceMinor: field.minorUnits.describe('Before tiers and promotions'),
  unitPriceMinor: field.minorUnits.describe('What is charged for one unit'),
  priceListId: field.id,
  priceVersion: field.version,
  tierMinimum: field.quantity.optional().describe('The tier that was reached'),
  promotionId: field.id.optional(),
  promotionVersion: field.version.optional(),
});

const orderLine = z.object({
  lineNumber: field.quantity,
  sku: field.sku,
  name: field.text(300),
  unit: field.unit,
  quantity: field.quantity,
  reserved: field.count.describe('Covered by stock here'),
  backordered: field.count.describe('To be supplied; reserved + backordered = quantity'),
  price: linePrice,
  netMinor: field.minorUnits,
  discountMinor: field.minorUnits.describe('List value minus net'),
});

/** What the person saw when they decided. */
export const priceSeen = z.object({
  netMinor: field.minorUnits,
  currency: field.currency,
  seenAt: field.instant.optional(),
  lines: z
    .array(z.object({ sku: field.sku, unitPriceMinor: field.minorUnits, priceVersion: field.version.optional() }))
    .max(500)
    .optional(),
});

export const pricePolicies = ['honour', 'tolerance', 'review'] as const;

const placed = z.object({
  orderId: field.id,
  orderNumber: field.id,
  dealerId: field.dealerId,
  deviceId: field.id,
  poNumber: field.text(60).optional(),
  note: field.text(1000).optional(),
  currency: field.currency,
  lines: z.array(orderLine).min(1).max(500),
  totals: z.object({
    netMinor: field.minorUnits,
    discountMinor: field.minorUnits,
    taxMinor: field.minorUnits,
    grossMinor: field.minorUnits,
    taxRateBasisPoints: field.basisPoints,
    taxVersion: field.id,
  }),
  priceSeen: priceSeen.optional(),
  pricing: z.object({
    policy: z.enum(pricePolicies).describe('What the centre may do when its prices differ'),
    toleranceBasisPoints: field.basisPoints,
    quotedAt: field.instant,
    quoteExpiresAt: field.instant,
    differences: z.array(field.text(300)).max(500).describe('Every difference to priceSeen, in words'),
  }),
  placedAt: field.instant,
});

export type OrderPlaced = z.infer<typeof placed>;
export type OrderLine = z.infer<typeof orderLine>;
export type PriceSeen = z.infer<typeof priceSeen>;

const orderId = '0199a0c4-6f7e-7cc1-9f53-0d8a4a8c2b11';

const shared = {
  layer: 'transactional',
  lane: 'live',
  patterns: ['event-sourcing', 'saga'],
  subject: (data: { orderId: string }) => data.orderId,
} as const;

export const orderPlaced = defineEvent({
  ...shared,
  type: 'order.placed',
  direction: 'up',
  producer: 'dealer-portal',
  consumers: ['inventory', 'pricing', 'forecasting'],
  purpose: 'An order was captured at the dealer, with the full price snapshot it was captured with.',
  patterns: ['event-sourcing', 'event-carried-state-transfer', 'cqrs', 'saga'],
  personal: ['note'],
  schema: placed,
  example: {
    orderId,
    orderNumber: 'D042-B1-1XK9QZ-000123',
    dealerId: 'D042',
    deviceId: 'B1',
    poNumber: 'PO-7781',
    currency: 'EUR',
    lines: [
      {
        lineNumber: 1,
        sku: 'HYD-2210-08',
        name: 'Hydraulic hose 2SN DN 08, 2210 mm',
        unit: 'EA',
        quantity: 4,
        reserved: 3,
        backordered: 1,
        price: {
          listUnitPriceMinor: 4890,
          unitPriceMinor: 4597,
          priceListId: 'EU-2026',
          priceVersion: 12,
          tierMinimum: 4,
        },
        netMinor: 18_388,
        discountMinor: 1172,
      },
    ],
    totals: {
      netMinor: 18_388,
      discountMinor: 1172,
      taxMinor: 3494,
      grossMinor: 21_882,
      taxRateBasisPoints: 1900,
      taxVersion: 'DE-2026',
    },
    priceSeen: { netMinor: 18_388, currency: 'EUR', seenAt: '2026-11-02T09:13:50.000Z' },
    pricing: {
      policy: 'tolerance',
      toleranceBasisPoints: 200,
      quotedAt: '2026-11-02T09:14:05.120Z',
      quoteExpiresAt: '2026-12-02T09:14:05.120Z',
      differences: [],
    },
    placedAt: '2026-11-02T09:14:05.120Z',
  },
});

export const orderAccepted = defineEvent({
  ...shared,
  type: 'order.accepted',
  direction: 'down',
  extension: true,
  producer: 'order-service',
  consumers: ['edge', 'payment-service'],
  purpose: 'The centre has taken the order on, at the confirmed total.',
  schema: z.object({
    orderId: field.id,
    centreOrderId: field.id,
    confirmedNetMinor: field.minorUnits,
    currency: field.currency,
    expectedShipDate: field.date.optional(),
    acceptedAt: field.instant,
  }),
  example: {
    orderId,
    centreOrderId: 'SO-4410023',
    confirmedNetMinor: 18_388,
    currency: 'EUR',
    expectedShipDate: '2026-11-04',
    acceptedAt: '2026-11-02T09:14:11.000Z',
  },
});

export const orderRejected = defineEvent({
  ...shared,
  type: 'order.rejected',
  direction: 'down',
  extension: true,
  producer: 'order-service',
  consumers: ['edge'],
  purpose: 'The centre cannot take the order on as it is; says why, for each line.',
  schema: z.object({
    orderId: field.id,
    reasonCode: z.enum(['price-changed', 'out-of-stock', 'credit-limit', 'discontinued', 'invalid', 'other']),
    reason: field.text(500),
    lines: z
      .array(
        z.object({
          lineNumber: field.quantity,
          sku: field.sku,
          reason: field.text(300),
          unitPriceMinor: field.minorUnits.optional().describe("The centre's price"),
          availableQuantity: field.count.optional(),
          substituteSku: field.sku.optional(),
        }),
      )
      .max(500),
    rejectedAt: field.instant,
  }),
  example: {
    orderId,
    reasonCode: 'price-changed',
    reason: 'The price of 1 line rose by more than 2 %.',
    lines: [{ lineNumber: 1, sku: 'HYD-2210-08', reason: 'now 51.20 EUR', unitPriceMinor: 5120 }],
    rejectedAt: '2026-11-02T09:14:11.000Z',
  },
});

export const orderCancelled = defineEvent({
  ...shared,
  type: 'order.cancelled',
  direction: 'both',
  extension: true,
  producer: 'dealer-portal',
  consumers: ['order-service', 'inventory', 'edge'],
  purpose: 'The order is withdrawn; what was reserved for it is released.',
  personal: ['reason'],
  schema: z.object({
    orderId: field.id,
    reason: field.text(500),
    cancelledBy: z.enum(['dealer', 'centre', 'saga']),
    cancelledAt: field.instant,
  }),
  example: {
    orderId,
    reason: 'Customer collected the part elsewhere',
    cancelledBy: 'dealer',
    cancelledAt: '2026-11-02T10:02:40.000Z',
  },
});
