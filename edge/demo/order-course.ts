import type { OrderEvent } from '../../src/domain/order/order.ts';
import type { OrderPlaced } from '../../src/events/transactional/order.ts';
import { DAY_MS, iso, isoDate, MINUTE_MS, workingDayAfter } from './calendar.ts';
import type { Prng } from './prng.ts';

export interface OrderFact {
  readonly atMs: number;
  readonly fact: OrderEvent;
}

export interface CourseOptions {
  /** Position among all orders; document numbers follow it. */
  readonly index: number;
  /** How many steps there may have been so far: 1 placed, 2 accepted, 3 paid. */
  readonly reach: number;
  /** Grams. */
  readonly weight: number;
  readonly nowMs: number;
  /** Whether everything about the order is over by now: its stock is in the monthly postings. */
  readonly closed: boolean;
  readonly prng: Prng;
}

/** What becomes of an order: mostly accepted, paid and shipped; a few end early. */
export function courseOf(order: OrderPlaced, options: CourseOptions): OrderFact[] {
  const { prng, index, reach } = options;
  const { orderId, currency, totals } = order;
  const placedMs = Date.parse(order.placedAt);
  const facts: OrderFact[] = [{ atMs: placedMs, fact: { type: 'order.placed', data: order } }];
  const fate = prng.next();
  // Captured without a line, an order waits for hours before the centre sees it.
  const acceptedMs = placedMs + (prng.chance(0.06) ? prng.int(40, 300) * MINUTE_MS : prng.int(3_000, 50_000));
  if (reach < 2) return facts;
  if (fate < 0.012 && reach > 3) {
    facts.push({ atMs: acceptedMs, fact: { type: 'order.rejected', data: rejectionOf(order, acceptedMs, prng) } });
    return facts;
  }
  const plannedMs = workingDayAfter(acceptedMs, prng.pick([1, 1, 1, 1, 2, 2, 3]), prng.int(12 * 60, 15 * 60 + 30));
  const shipDay = options.closed && plannedMs >= options.nowMs ? workingDayAfter(acceptedMs, 1, 12 * 60) : plannedMs;
  facts.push({
    atMs: acceptedMs,
    fact: {
      type: 'order.accepted',
      data: {
        orderId,
        centreOrderId: `SO-${4_400_000 + index * 3}`,
        confirmedNetMinor: totals.netMinor,
        currency,
        expectedShipDate: isoDate(workingDayAfter(acceptedMs, 1, 0)),
        acceptedAt: iso(acceptedMs),
      },
    },
  });
  if (reach < 3) return facts;
  const paymentId = `PAY-${88_000 + index}`;
  const paidMs = acceptedMs + prng.int(1_000, 25_000);
  if (fate < 0.018 && reach > 3) {
    const reason = 'The credit limit is exhausted until the open invoices are settled.';
    facts.push({
      atMs: paidMs,
      fact: {
        type: 'payment.declined',
        data: { orderId, paymentId, reasonCode: 'credit-limit', reason, declinedAt: iso(paidMs) },
      },
    });
    facts.push(cancelled(orderId, `Payment declined: ${reason}`, 'saga', paidMs + 900));
    return facts;
  }
  const method = prng.pick(['account', 'account', 'account', 'account', 'direct-debit', 'card']);
  facts.push({
    atMs: paidMs,
    fact: {
      type: 'payment.authorized',
      data: { orderId, paymentId, method, amountMinor: totals.grossMinor, currency, authorizedAt: iso(paidMs) },
    },
  });
  if (reach < 4) return facts;
  if (fate < 0.032) {
    facts.push(cancelled(orderId, prng.pick(CANCELLATIONS), 'dealer', paidMs + prng.int(10, 150) * MINUTE_MS));
    return facts;
  }
  facts.push(...shipments(order, shipDay, options));
  return facts;
}

const CANCELLATIONS = [
  'Customer collected the part elsewhere',
  'Ordered twice by mistake',
  'Wrong part number, ordered again',
  'Machine was sold',
] as const;

function cancelled(orderId: string, reason: string, cancelledBy: 'dealer' | 'saga', atMs: number): OrderFact {
  return { atMs, fact: { type: 'order.cancelled', data: { orderId, reason, cancelledBy, cancelledAt: iso(atMs) } } };
}

function rejectionOf(order: OrderPlaced, atMs: number, prng: Prng) {
  const line = order.lines[prng.int(0, order.lines.length - 1)];
  const short = line !== undefined && prng.chance(0.6);
  return {
    orderId: order.orderId,
    reasonCode: short ? ('out-of-stock' as const) : ('credit-limit' as const),
    reason: short ? '1 line cannot be supplied within 30 days.' : 'The order exceeds the credit limit.',
    lines: short
      ? [
          {
            lineNumber: line.lineNumber,
            sku: line.sku,
            reason: 'no delivery date from the works',
            availableQuantity: 0,
          },
        ]
      : [],
    rejectedAt: iso(atMs),
  };
}

/** One shipment; a second one for what was backordered, where that is already over. */
function* shipments(order: OrderPlaced, firstMs: number, options: CourseOptions): Generator<OrderFact> {
  const { prng, index, weight, nowMs } = options;
  const laterMs = workingDayAfter(firstMs, prng.int(3, 8), prng.int(12 * 60, 15 * 60));
  const split = laterMs < nowMs - DAY_MS && order.lines.some((line) => line.backordered > 0);
  const late = prng.chance(0.08) ? prng.int(1, 3) : 0;
  const carrier = weight > 250_000 ? 'Dachser' : weight > 30_000 ? 'DHL Freight' : prng.pick(['DHL', 'GLS', 'DPD']);
  const parcel = (
    part: number,
    atMs: number,
    complete: boolean,
    pieces: (line: Line) => number,
  ): OrderFact | undefined => {
    const lines = order.lines
      .map((line) => ({ lineNumber: line.lineNumber, sku: line.sku, quantity: pieces(line) }))
      .filter((line) => line.quantity > 0);
    if (lines.length === 0) return undefined;
    const data = {
      shipmentId: `SH-${51_000 + index}${part > 1 ? `-${part}` : ''}`,
      orderId: order.orderId,
      carrier,
      trackingNumber: `003404341${String(prng.int(0, 99_999_999_999)).padStart(11, '0')}`,
      lines,
      complete,
      promisedDate: isoDate(workingDayAfter(Date.parse(order.placedAt), 3, 0)),
      expectedDate: isoDate(workingDayAfter(atMs, 1 + late, 0)),
      dispatchedAt: iso(atMs),
    };
    return { atMs, fact: { type: 'shipment.dispatched', data } };
  };
  const parcels = split
    ? [parcel(1, firstMs, false, (line) => line.reserved), parcel(2, laterMs, true, (line) => line.backordered)]
    : [parcel(1, firstMs, true, (line) => line.quantity)];
  for (const one of parcels) if (one !== undefined) yield one;
}

type Line = OrderPlaced['lines'][number];
