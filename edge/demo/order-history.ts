import { availableOf } from '../../src/domain/inventory/inventory.ts';
import { type QuoteContext, quote } from '../../src/domain/order/quote.ts';
import type { CatalogFact, EventData } from '../../src/events/catalog.ts';
import type { DealerProfile } from '../../src/events/transactional/dealer.ts';
import type { OrderPlaced } from '../../src/events/transactional/order.ts';
import type { PriceChanged } from '../../src/events/transactional/price.ts';
import type { PromotionActivated } from '../../src/events/transactional/promotion.ts';
import { DAY_MS, iso } from './calendar.ts';
import { courseOf, type OrderFact } from './order-course.ts';
import type { PlannedOrder } from './order-plan.ts';
import type { Prng } from './prng.ts';
import type { StockBook } from './stock.ts';

export interface TimedFact {
  readonly atMs: number;
  readonly fact: CatalogFact;
}

export interface OrderHistory {
  readonly dealer: DealerProfile;
  readonly orders: readonly PlannedOrder[];
  readonly prices: ReadonlyMap<string, readonly PriceChanged[]>;
  readonly promotions: readonly PromotionActivated[];
  readonly book: StockBook;
  /** Orders from here on hold stock. */
  readonly openMs: number;
  readonly nowMs: number;
  readonly prng: Prng;
}

/** Every order with what became of it. Facts of one order are in order; those of several may overlap. */
export function* orderHistory(history: OrderHistory): Generator<TimedFact> {
  const { orders, nowMs, openMs, book } = history;
  const open: OrderFact[] = [];
  for (const [index, planned] of orders.entries()) {
    // The newest ones have come less far, whatever the hour at which the demo starts.
    const rank = orders.length - 1 - index;
    const reach = planned.atMs < openMs ? 99 : rank < 3 ? 1 : rank < 8 ? 2 : rank < 20 ? 3 : 99;
    const facts = place(planned, index, history, reach);
    if (planned.atMs >= openMs) open.push(...facts);
    else yield* facts.filter(({ atMs }) => atMs < nowMs);
  }
  // Stock depends on the order of things across orders.
  const placed = new Map<string, OrderPlaced>();
  for (const one of open.sort((a, b) => a.atMs - b.atMs)) {
    if (one.atMs >= nowMs) break;
    if (one.fact.type === 'order.placed') {
      const order = { ...one.fact.data, lines: coveredLines(one.fact.data, book) };
      placed.set(order.orderId, order);
      yield { atMs: one.atMs, fact: { type: 'order.placed', data: order } };
    } else {
      yield one;
    }
    yield* stockOf(one, placed, book);
  }
}

function place(planned: PlannedOrder, index: number, history: OrderHistory, reach: number): OrderFact[] {
  const { dealer, prng, openMs, promotions, prices } = history;
  const at = iso(planned.atMs);
  const products = new Map(planned.lines.map(({ part }) => [part.spec.sku, part.snapshot]));
  const context: QuoteContext = {
    dealer,
    at,
    product: (sku) => products.get(sku),
    prices: (sku) => prices.get(sku) ?? [],
    // Old orders were mostly covered; those that are open get their split from the stock itself.
    available: () => (planned.atMs < openMs && prng.chance(0.05) ? prng.int(0, 3) : Number.MAX_SAFE_INTEGER),
    promotions,
  };
  const quoted = quote(
    planned.lines.map(({ part, quantity }) => ({ sku: part.spec.sku, quantity })),
    context,
  );
  const order: OrderPlaced = {
    orderId: prng.uuidV7(planned.atMs),
    orderNumber: `${dealer.dealerId}-B0-H-${String(index + 1).padStart(6, '0')}`,
    dealerId: dealer.dealerId,
    deviceId: 'B1',
    ...(prng.chance(0.6) ? { poNumber: `PO-${3_100 + index}` } : {}),
    ...(prng.chance(0.03) ? { note: prng.pick(NOTES) } : {}),
    currency: dealer.currency,
    lines: [...quoted.lines],
    totals: quoted.totals,
    ...(prng.chance(0.4)
      ? {
          priceSeen: {
            netMinor: quoted.totals.netMinor,
            currency: dealer.currency,
            seenAt: iso(planned.atMs - prng.int(8_000, 240_000)),
          },
        }
      : {}),
    pricing: {
      policy: 'tolerance',
      toleranceBasisPoints: 200,
      quotedAt: at,
      quoteExpiresAt: iso(planned.atMs + 30 * DAY_MS),
      differences: [],
    },
    placedAt: at,
  };
  const weight = planned.lines.reduce((sum, { part, quantity }) => sum + part.spec.weightGrams * quantity, 0);
  return courseOf(order, { index, reach, weight, nowMs: history.nowMs, closed: planned.atMs < openMs, prng });
}

const NOTES = [
  'Machine is standing still, please ship today.',
  'Customer collects on Friday.',
  'Put the hoses into a separate parcel.',
  'Call before delivery, forklift is not always here.',
  'For warranty case, please enclose the test report.',
] as const;

function coveredLines(order: OrderPlaced, book: StockBook): OrderPlaced['lines'] {
  return order.lines.map((line) => {
    const reserved = Math.min(line.quantity, availableOf(book.state(line.sku)));
    return { ...line, reserved, backordered: line.quantity - reserved };
  });
}

/** What an order does to the stock, as the order saga would have it. */
function* stockOf(
  { atMs, fact }: OrderFact,
  placed: ReadonlyMap<string, OrderPlaced>,
  book: StockBook,
): Generator<TimedFact> {
  const order = placed.get(fact.data.orderId);
  if (order === undefined) return;
  const reference = { kind: 'order', id: order.orderId } as const;
  for (const line of order.lines) {
    const { quantity, backordered } = line;
    if (fact.type === 'order.placed') yield* book.move(line, atMs, { kind: 'reserve', quantity, reference });
    else if (fact.type === 'order.rejected' || fact.type === 'order.cancelled') {
      yield* book.move(line, atMs, { kind: 'release', quantity, backordered, reference });
    } else if (fact.type === 'shipment.dispatched') {
      const shipped = shippedOf(fact.data, line.lineNumber);
      if (shipped > 0) yield* book.move(line, atMs, { kind: 'fulfil', quantity: shipped, reference });
    }
  }
}

function shippedOf(shipment: EventData<'shipment.dispatched'>, lineNumber: number): number {
  return shipment.lines.reduce((sum, line) => (line.lineNumber === lineNumber ? sum + line.quantity : sum), 0);
}
