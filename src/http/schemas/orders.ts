import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';
import { pricePolicies, priceSeen } from '../../events/transactional/order.ts';
import { nullable } from './problems-and-pages.ts';

/** Orders and quotes over HTTP. */

export const orderLineRequest = z.object({
  sku: field.sku,
  quantity: z.number().describe('Whole pieces of the product’s unit, within its quantity rules'),
});

export const placeOrderRequest = z
  .object({
    lines: z.array(orderLineRequest),
    poNumber: field.text(60).optional(),
    note: field.text(1000).optional(),
    priceSeen: priceSeen.optional(),
  })
  .openapi('PlaceOrder');

export const quoteRequest = z.object({ lines: z.array(orderLineRequest).max(500) }).openapi('QuoteRequest');

const orderLine = z.object({
  lineNumber: z.int(),
  sku: z.string(),
  name: z.string(),
  unit: z.string(),
  quantity: z.int(),
  reserved: z.int().describe('Covered by stock here'),
  backordered: z.int().describe('To be supplied'),
  price: z.object({
    listUnitPriceMinor: z.int(),
    unitPriceMinor: z.int(),
    priceListId: z.string(),
    priceVersion: z.int(),
    tierMinimum: z.int().optional(),
    promotionId: z.string().optional(),
    promotionVersion: z.int().optional(),
  }),
  netMinor: z.int(),
  discountMinor: z.int(),
});

const totals = z.object({
  netMinor: z.int(),
  discountMinor: z.int(),
  taxMinor: z.int(),
  grossMinor: z.int(),
  taxRateBasisPoints: z.int(),
  taxVersion: z.string(),
});

export const orderStatuses = [
  'captured',
  'sent',
  'accepted',
  'rejected',
  'cancelled',
  'payment-declined',
  'paid',
  'shipped',
] as const;

export const timelineStep = z.object({
  step: z.enum(orderStatuses),
  at: field.instant,
  detail: z.string().optional().describe('In words: a reason, a carrier and tracking number'),
  eventId: z.string().optional(),
});

export const order = z
  .object({
    orderId: z.string(),
    orderNumber: z.string(),
    dealerId: z.string(),
    deviceId: z.string(),
    status: z.enum(orderStatuses),
    safe: z.enum(['on-this-box', 'at-the-centre']).describe('Where the order is stored by now'),
    poNumber: z.string().optional(),
    note: z.string().optional(),
    currency: z.string(),
    lines: z.array(orderLine),
    totals,
    priceSeen: priceSeen.optional(),
    pricing: z.object({
      policy: z.enum(pricePolicies),
      toleranceBasisPoints: z.int(),
      quotedAt: field.instant,
      quoteExpiresAt: field.instant,
      differences: z.array(z.string()),
    }),
    placedAt: field.instant,
    timeline: z.array(timelineStep),
  })
  .openapi('Order');

export const orderSummary = z
  .object({
    orderId: z.string(),
    orderNumber: z.string(),
    status: z.enum(orderStatuses),
    poNumber: nullable(z.string()),
    currency: z.string(),
    netMinor: z.int(),
    grossMinor: z.int(),
    lineCount: z.int(),
    backordered: z.boolean(),
    placedAt: field.instant,
  })
  .openapi('OrderSummary');

export const quoteResponse = z
  .object({
    currency: z.string(),
    quotedAt: field.instant,
    lines: z.array(orderLine).describe('Only the lines that can be ordered; lineNumber counts the request’s lines'),
    totals,
    violations: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .describe('The lines that cannot be ordered, and why'),
  })
  .openapi('Quote');

export const cancelRequest = z.object({ reason: z.string().min(1).max(500) }).openapi('CancelOrder');
