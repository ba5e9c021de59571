import type { OrderPlaced } from '../../../src/events/transactional/order.ts';
import { idOf } from './event-id.ts';
import type { Fact, ImportContext } from './importer.ts';
import type { OrderRow } from './orders.ts';

/** One order to import; an order with too many lines is imported in parts. */
export interface OrderPart {
  readonly dealerId: string;
  readonly orderNumber: string;
  readonly orderId: string;
  readonly currency: string;
  readonly rows: readonly (OrderRow & { readonly name: string; readonly unit: string })[];
}

/** The ids of an order's events: they follow from what the rows say. */
export function eventIdsOf(part: OrderPart): { placed: string; accepted: string; shipped: string } {
  const content = part.rows.map(({ sku, quantity, unitPriceMinor, placedAt }) => [
    sku,
    quantity,
    unitPriceMinor,
    placedAt,
  ]);
  const placed = idOf('import', 'order.placed', part.orderId, part.currency, content);
  return { placed, accepted: idOf(placed, 'accepted'), shipped: idOf(placed, 'shipped') };
}

/** The facts of a past order: it was placed, taken on and shipped. What of it left the shelf is not stock of today. */
export function historyFacts(context: ImportContext, part: OrderPart, shipped: boolean): Fact[] {
  const ids = eventIdsOf(part);
  const placed = placedOrder(context, part);
  const { orderId, orderNumber } = part;
  const { placedAt: time, currency } = placed;
  const facts: Fact[] = [
    { id: ids.placed, type: 'order.placed', time, data: placed, history: true },
    {
      id: ids.accepted,
      type: 'order.accepted',
      time,
      data: {
        orderId,
        centreOrderId: orderNumber,
        confirmedNetMinor: placed.totals.netMinor,
        currency,
        acceptedAt: time,
      },
      history: true,
    },
  ];
  if (!shipped) return facts;
  return [
    ...facts,
    {
      id: ids.shipped,
      type: 'shipment.dispatched',
      time,
      data: {
        shipmentId: `${orderNumber}/S1`,
        orderId,
        carrier: 'not stated',
        lines: placed.lines.map(({ lineNumber, sku, quantity }) => ({ lineNumber, sku, quantity })),
        complete: true,
        expectedDate: time.slice(0, 10),
        dispatchedAt: time,
      },
      history: true,
    },
  ];
}

function placedOrder(context: ImportContext, part: OrderPart): OrderPlaced {
  const [head] = part.rows;
  const placedAt = head?.placedAt ?? context.now;
  const lines = part.rows.map((row, index) => ({
    lineNumber: index + 1,
    sku: row.sku,
    name: row.name,
    unit: row.unit,
    quantity: row.quantity,
    reserved: row.quantity,
    backordered: 0,
    price: {
      listUnitPriceMinor: row.unitPriceMinor,
      unitPriceMinor: row.unitPriceMinor,
      priceListId: context.priceListId ?? 'imported',
      priceVersion: 1,
    },
    netMinor: row.unitPriceMinor * row.quantity,
    discountMinor: 0,
  }));
  const netMinor = lines.reduce((sum, line) => sum + line.netMinor, 0);
  return {
    orderId: part.orderId,
    orderNumber: part.orderNumber,
    dealerId: part.dealerId,
    deviceId: 'import',
    ...(head?.poNumber === undefined ? {} : { poNumber: head.poNumber }),
    ...(head?.note === undefined ? {} : { note: head.note }),
    currency: part.currency,
    lines,
    // The file states no tax; a rate of today would be a guess about then.
    totals: {
      netMinor,
      discountMinor: 0,
      taxMinor: 0,
      grossMinor: netMinor,
      taxRateBasisPoints: 0,
      taxVersion: 'not-stated',
    },
    pricing: {
      policy: 'honour',
      toleranceBasisPoints: 0,
      quotedAt: placedAt,
      quoteExpiresAt: placedAt,
      differences: [],
    },
    placedAt,
  };
}
