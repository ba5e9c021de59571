import { z } from '@hono/zod-openapi';
import * as field from '../core/fields.ts';
import { movementKinds } from '../events/transactional/inventory.ts';
import { pricePolicies, priceSeen } from '../events/transactional/order.ts';
import { quantityRules } from '../events/transactional/product.ts';

/** What travels over HTTP. Each schema validates requests and describes itself in /openapi.json. */

const nullable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

export const problem = z
  .object({
    type: z.string().describe('`urn:dealeriq:problem:<code>`; stable'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened, to which thing, and what to do'),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .catchall(z.unknown())
  .openapi('Problem');

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

const stockLevels = z
  .object({
    onHand: z.int(),
    reserved: z.int(),
    available: z.int(),
    backordered: z.int(),
    changedAt: field.instant,
    ageMs: z.int().describe('How old the figure is'),
  })
  .openapi('StockLevels');

export const priceNow = z
  .object({
    priceListId: z.string(),
    currency: z.string(),
    listUnitPriceMinor: z.int(),
    unitPriceMinor: z.int().describe('For one piece or the minimum quantity, with an active promotion'),
    tiers: z.array(z.object({ minimum: z.int(), unitPriceMinor: z.int() })),
    priceVersion: z.int(),
    effectiveFrom: field.instant,
    promotionId: z.string().optional(),
  })
  .openapi('PriceNow');

export const productSummary = z
  .object({
    sku: z.string(),
    name: z.string(),
    category: z.array(z.string()),
    brand: z.string().optional(),
    unit: z.string(),
    status: z.enum(['active', 'discontinued', 'blocked']),
    supersededBy: z.string().optional(),
    quantityRules,
    price: nullable(priceNow),
    stock: nullable(stockLevels),
  })
  .openapi('ProductSummary');

export const product = productSummary
  .extend({
    description: z.string(),
    supersedes: z.array(z.string()).optional(),
    gtin: z.string().optional(),
    weightGrams: z.int().optional(),
    leadTimeDays: z.int().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    imageUrl: z.string().optional(),
    version: z.int(),
    promotions: z.array(
      z.object({
        promotionId: z.string(),
        name: z.string(),
        discountBasisPoints: z.int(),
        minimumQuantity: z.int(),
        activeFrom: field.instant,
        activeTo: field.instant,
      }),
    ),
    priceHistory: z
      .array(
        z.object({
          priceListId: z.string(),
          currency: z.string(),
          listUnitPriceMinor: z.int(),
          effectiveFrom: field.instant,
          version: z.int(),
        }),
      )
      .describe('All prices of the dealer’s list, newest first; coming ones too'),
  })
  .openapi('Product');

export const searchModes = ['list', 'keyword', 'semantic', 'hybrid'] as const;

export const inventoryItem = z
  .object({ sku: z.string(), name: z.string(), unit: z.string(), locationId: z.string() })
  .extend(stockLevels.shape)
  .openapi('InventoryItem');

export const movementRequest = z
  .object({
    sku: field.sku,
    kind: z.enum(movementKinds).extract(['receive', 'sell', 'adjust', 'return']),
    quantity: z.int().min(-1_000_000_000).max(1_000_000_000).describe('Pieces; for adjust the signed correction'),
    reason: field.text(200).optional(),
  })
  .openapi('StockMovement');

export const event = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string(),
    time: z.string(),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    dealerid: z.string(),
    lane: z.enum(['live', 'bulk']).optional(),
    epoch: z.int().optional(),
    sequence: z.int().optional(),
    correlationid: z.string(),
    causationid: z.string().optional(),
    traceparent: z.string().optional(),
    position: z.int().describe('Its place in this box’s log'),
    data: z.unknown(),
  })
  .openapi('Event');

export const gatewayResult = z
  .object({
    id: z.string().nullable(),
    type: z.string().nullable(),
    status: z.enum(['logged', 'duplicate', 'refused']),
    position: z.int().optional(),
    reasonCode: z.string().optional(),
    reason: z.string().optional(),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
    deadLetterId: z.string().optional(),
  })
  .openapi('GatewayResult');

const lane = z.object({
  pending: z.int(),
  oldestAgeMs: z.int().describe('Of the oldest event that is not acknowledged; 0 when nothing is pending'),
  lastAckedSequence: z.int(),
  lastReceiptSequence: z.int(),
});

export const syncStatus = z
  .object({
    dealerId: z.string(),
    deviceId: z.string(),
    epoch: z.int(),
    link: z.object({
      state: z.enum(['offline', 'paused', 'connecting', 'online', 'refused']),
      detail: z.string().describe('In words'),
      since: field.instant,
    }),
    outbound: z.object({ live: lane, bulk: lane }),
    inbound: z.object({ lastAppliedSequence: z.int(), lagMs: z.int() }),
    deadLetters: z.int().describe('Open ones'),
  })
  .openapi('SyncStatus');

export const deadLetter = z
  .object({
    id: z.string(),
    status: z.enum(['open', 'retried', 'discarded']),
    origin: z.string(),
    type: nullable(z.string()),
    eventId: nullable(z.string()),
    reasonCode: z.string(),
    reason: z.string(),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
    contentType: z.string(),
    headers: z.record(z.string(), z.string()),
    payloadBase64: z.string().describe('The bytes as they arrived'),
    payloadText: nullable(z.string()).describe('The same as text, where they are UTF-8'),
    attempts: z.int(),
    receivedAt: field.instant,
    resolvedAt: nullable(field.instant),
  })
  .openapi('DeadLetter');

export const replayRequest = z
  .object({
    from: z
      .object({ position: z.int().min(0), time: field.instant })
      .partial()
      .optional(),
    to: z
      .object({ position: z.int().min(0), time: field.instant })
      .partial()
      .optional(),
    into: z.enum(['projections', 'evaluation']).default('projections'),
    projections: z.array(z.string()).max(50).optional().describe('Read models; all unless named'),
    dryRun: z.boolean().default(true),
  })
  .openapi('Replay');

export const replayResponse = z
  .object({
    dryRun: z.boolean(),
    into: z.enum(['projections', 'evaluation']),
    from: z.int().describe('First position'),
    to: z.int().describe('Last position'),
    events: z.int(),
    byType: z.record(z.string(), z.int()),
    projections: z.array(
      z.object({
        name: z.string(),
        rows: z.int().optional(),
        sha256: z.string().optional(),
        same: z.boolean().optional(),
      }),
    ),
    milliseconds: z.int(),
  })
  .openapi('ReplayResult');

export const ticketRequest = z
  .object({
    title: z.string().min(1).max(200),
    body: field.text(10_000),
    category: z.enum(['order', 'product', 'delivery', 'invoice', 'technical', 'other']).default('other'),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
    orderId: field.id.optional(),
    sku: field.sku.optional(),
    language: z.string().min(2).max(16).default('en'),
    contactName: field.text(120).optional(),
  })
  .openapi('CreateTicket');

export const ticket = ticketRequest.extend({ ticketId: z.string(), createdAt: field.instant }).openapi('Ticket');

export const feedbackRequest = z
  .object({
    target: z.object({
      kind: z.enum(['recommendation', 'product', 'order', 'forecast', 'search', 'app']),
      id: field.id,
    }),
    signal: z.enum(['accepted', 'dismissed', 'rated', 'comment']),
    score: field.ratio.optional(),
    comment: field.text(2000).optional(),
    sku: field.sku.optional(),
    modelVersion: field.id.optional(),
  })
  .openapi('SubmitFeedback');

/** A page of a list; `nextCursor` is absent on the last one. */
export function page<Schema extends z.ZodType>(item: Schema) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

export const pageQuery = {
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};
