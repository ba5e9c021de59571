import type { CatalogFact } from '../../src/events/catalog.ts';
import type { PriceChanged } from '../../src/events/transactional/price.ts';
import { DAY_MS, HISTORY_DAYS, iso, OPEN_DAYS } from './calendar.ts';
import { buildCatalogue, type CataloguePart } from './catalogue.ts';
import { demoDealers } from './dealers.ts';
import { drawDemand } from './demand.ts';
import { orderHistory, type TimedFact } from './order-history.ts';
import { planOrders } from './order-plan.ts';
import { pricesOf } from './price-list.ts';
import { createPrng } from './prng.ts';
import { demoPromotions } from './promotions.ts';
import { StockBook, stockHistory } from './stock.ts';

export interface DemoOptions {
  /** The same seed and time give the same events. */
  readonly seed?: number;
  /** Where the history ends, in milliseconds since 1970. */
  readonly nowMs: number;
  /** The dealer whose orders and stock it is; D042 by default. */
  readonly dealerId?: string;
}

export interface DemoEvent {
  /** UUIDv7 of the time. */
  readonly id: string;
  readonly fact: CatalogFact;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly source: string;
}

export const DEMO_SOURCE = 'urn:dealeriq:centre:demo';

/**
 * The demo dealer's world: master data, prices, promotions and 18 months of orders and stock, as events of the
 * centre. Yields the facts in the order in which they happened.
 */
export function* demoEvents(options: DemoOptions): Generator<DemoEvent> {
  const { seed = 42, nowMs, dealerId = 'D042' } = options;
  const ids = createPrng(seed, 'ids');
  const facts = allFacts(seed, nowMs, dealerId);
  // Sorting is stable: facts of one instant keep the order in which they were made.
  for (const { atMs, fact } of facts.sort((a, b) => a.atMs - b.atMs)) {
    yield { id: ids.uuidV7(atMs), fact, time: iso(atMs), source: DEMO_SOURCE };
  }
}

function allFacts(seed: number, nowMs: number, dealerId: string): TimedFact[] {
  const startMs = nowMs - HISTORY_DAYS * DAY_MS;
  const openMs = nowMs - OPEN_DAYS * DAY_MS;
  const foundedMs = startMs - 7 * DAY_MS;
  const facts: TimedFact[] = [];

  const dealers = demoDealers(dealerId, iso(foundedMs));
  for (const data of dealers) facts.push({ atMs: foundedMs, fact: { type: 'dealer.created', data } });

  const parts = buildCatalogue(seed);
  const prices = new Map<string, PriceChanged[]>();
  for (const [index, part] of parts.entries()) {
    facts.push(...productFacts(part, foundedMs + 1_000 + index * 20, startMs, nowMs));
    const published = pricesOf(part, nowMs, seed);
    for (const { publishedMs, price } of published)
      facts.push({ atMs: publishedMs, fact: { type: 'price.changed', data: price } });
    prices.set(
      part.spec.sku,
      published.map(({ price }) => price),
    );
  }

  const promotions = demoPromotions(nowMs);
  for (const data of promotions) {
    const atMs = Math.min(Date.parse(data.activeFrom) - 7 * DAY_MS, nowMs - DAY_MS);
    facts.push({ atMs, fact: { type: 'promotion.activated', data } });
  }

  const demand = drawDemand({ parts, promotions, startMs, nowMs, prng: createPrng(seed, 'demand') });
  const orders = planOrders(demand, startMs, nowMs, createPrng(seed, 'orders'));
  const book = new StockBook(`${dealerId}-main`);
  for (const fact of stockHistory(book, { parts, orders, startMs, untilMs: openMs, prng: createPrng(seed, 'stock') }))
    facts.push(fact);
  const history = {
    dealer: dealers[0],
    orders,
    prices,
    promotions,
    book,
    openMs,
    nowMs,
    prng: createPrng(seed, 'course'),
  };
  for (const fact of orderHistory(history)) facts.push(fact);
  return facts;
}

/** A part as it came into the list, and as it went. */
function* productFacts(part: CataloguePart, listedMs: number, startMs: number, nowMs: number): Generator<TimedFact> {
  const instant = (share: number) => Math.round(startMs + share * (nowMs - startMs));
  const cameMs = part.introducedAt === undefined ? listedMs : instant(part.introducedAt);
  yield { atMs: cameMs, fact: { type: 'product.updated', data: part.snapshot } };
  if (part.discontinuedAt === undefined || part.supersededBy === undefined) return;
  const data = { ...part.snapshot, status: 'discontinued' as const, supersededBy: part.supersededBy, version: 2 };
  yield { atMs: instant(part.discontinuedAt), fact: { type: 'product.updated', data } };
}
