import { DATA, field, ofType } from '../projections/projection.ts';
import type { Row, Store } from '../store/store.ts';
import { type Granularity, periodAfter, periodOf, periodsBetween } from './periods.ts';

/** Demand of one SKU. */
export interface DemandSeries {
  readonly sku: string;
  readonly unit: string;
  /** Pieces a period, oldest first; `undefined` where stock was out or the product did not exist yet. */
  readonly quantities: readonly (number | undefined)[];
}

export interface DemandHistory {
  readonly granularity: Granularity;
  /** The first day of each closed period. */
  readonly periods: readonly string[];
  readonly series: readonly DemandSeries[];
}

/** Events that are read at once; a request that comes meanwhile waits for one slice. */
const SLICE = 500;
const DAY_MS = 86_400_000;
/** With less history than this, demand is counted by the week. */
const MONTHS_FROM_DAYS = 270;
/** Older demand says little, and one event with a date far back must not make millions of periods. */
const HISTORY_DAYS_MAX = 6 * 365;
/** Stock at zero for this share of a period hides demand. */
const STOCK_OUT_SHARE = 0.5;

interface Product {
  readonly unit: string;
  /** Pieces by day since 1970. */
  readonly byDay: Map<number, number>;
  /** True when pieces went over the counter: then an empty shelf hides demand. An order is taken without stock, too. */
  counter: boolean;
}

/**
 * The demand of every SKU in closed periods. Demand is what was ordered, at the time of the order and whether stock
 * covered it or not, without orders that were cancelled or rejected; and what was sold without an order, less returns.
 * @param nowMs the period that this lies in is not closed
 */
export async function readDemand(store: Pick<Store, 'read'>, nowMs: number): Promise<DemandHistory> {
  const products = new Map<string, Product>();
  const add = (sku: string, unit: string, atMs: number, quantity: number): Product => {
    let product = products.get(sku);
    if (product === undefined) {
      product = { unit, byDay: new Map(), counter: false };
      products.set(sku, product);
    }
    const day = Math.floor(atMs / DAY_MS);
    product.byDay.set(day, (product.byDay.get(day) ?? 0) + quantity);
    return product;
  };
  for await (const row of orderLines(store)) {
    add(String(row.sku), String(row.unit), Date.parse(String(row.at)), Number(row.quantity));
  }
  for await (const row of counterSales(store)) {
    const quantity = row.kind === 'return' ? -Number(row.quantity) : Number(row.quantity);
    add(String(row.sku), String(row.unit), Date.parse(String(row.at)), quantity).counter = true;
  }
  const firstDay = Math.max(firstDayOf(products.values()), Math.floor(nowMs / DAY_MS) - HISTORY_DAYS_MAX);
  const granularity = nowMs / DAY_MS - firstDay >= MONTHS_FROM_DAYS ? 'month' : 'week';
  const open = periodOf(nowMs, granularity);
  const begun = products.size === 0 ? open : periodOf(firstDay * DAY_MS, granularity);
  // A first period that began before the records did shows less demand than there was.
  const whole = firstDay * DAY_MS - Date.parse(`${begun}T00:00:00.000Z`) <= 2 * DAY_MS;
  const periods = periodsBetween(whole ? begun : periodAfter(begun, granularity), open, granularity);
  const listed = await firstListed(store);
  const empty = await emptyShelves(
    store,
    new Set([...products].filter(([, { counter }]) => counter).map(([sku]) => sku)),
    nowMs,
  );
  const place = new Map(periods.map((period, at) => [period, at]));
  const series = [...products]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([sku, product]) => {
      const quantities: (number | undefined)[] = periods.map(() => 0);
      let first = periods.length;
      for (const [day, quantity] of product.byDay) {
        const at = place.get(periodOf(day * DAY_MS, granularity));
        if (at === undefined) continue;
        quantities[at] = (quantities[at] ?? 0) + quantity;
        first = Math.min(first, at);
      }
      const listedAt = place.get(periodOf(listed.get(sku) ?? 0, granularity)) ?? 0;
      for (let at = 0; at < Math.min(first, listedAt); at += 1) quantities[at] = undefined;
      for (const [period, days] of outDays(empty.get(sku) ?? [], firstDay, granularity)) {
        const at = place.get(period);
        if (at === undefined || days < STOCK_OUT_SHARE * (granularity === 'week' ? 7 : 30)) continue;
        quantities[at] = undefined;
      }
      return first === periods.length ? [] : [{ sku, unit: product.unit, quantities }];
    });
  return { granularity, periods, series };
}

/** The first day with demand; infinite without any. */
function firstDayOf(products: Iterable<Product>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { byDay } of products) for (const day of byDay.keys()) first = Math.min(first, day);
  return first;
}

/** Lines of orders that were neither cancelled nor rejected, with the position of their event. */
async function* orderLines(store: Pick<Store, 'read'>): AsyncGenerator<Row> {
  yield* sliced(
    store,
    'order.placed',
    `SELECT e.position AS position, ${field('placedAt')} AS at, l.value ->> 'sku' AS sku, l.value ->> 'unit' AS unit,
       l.value ->> 'quantity' AS quantity
     FROM (SELECT * FROM events e WHERE ${ofType('order.placed')} AND e.position > ? ORDER BY e.position LIMIT ?) e
     JOIN orders o ON o.order_id = e.subject AND o.cancelled_at IS NULL AND o.rejected_at IS NULL,
     json_each(${DATA}, '$.lines') l ORDER BY e.position`,
  );
}

/** Movements over the counter: what an order moved is counted with the order. */
async function* counterSales(store: Pick<Store, 'read'>): AsyncGenerator<Row> {
  yield* sliced(
    store,
    'inventory.changed',
    `SELECT e.position AS position, ${field('occurredAt')} AS at, e.subject AS sku, ${field('unit')} AS unit,
       ${field('movement.quantity')} AS quantity, ${field('movement.kind')} AS kind
     FROM (SELECT * FROM events e WHERE ${ofType('inventory.changed')} AND e.position > ? ORDER BY e.position LIMIT ?) e
     WHERE ${field('movement.kind')} IN ('sell', 'return') AND coalesce(${field('movement.reference.kind')}, '') <> 'order'
     ORDER BY e.position`,
  );
}

/** Rows of a query over a slice of the events of a type, slice by slice. */
async function* sliced(store: Pick<Store, 'read'>, type: string, sql: string): AsyncGenerator<Row> {
  let after = 0;
  for (;;) {
    const [end] = await store.read({
      sql: `SELECT max(position) AS position, count(*) AS count FROM
        (SELECT e.position FROM events e WHERE ${ofType(type)} AND e.position > ? ORDER BY e.position LIMIT ?) e`,
      args: [after, SLICE],
    });
    if (end === undefined || Number(end.count) === 0) return;
    yield* await store.read({ sql, args: [after, SLICE] });
    after = Number(end.position);
  }
}

/** When each product was first in the list, in milliseconds. */
async function firstListed(store: Pick<Store, 'read'>): Promise<Map<string, number>> {
  const rows = await store.read({
    sql: `SELECT e.subject AS sku, min(e.time) AS time FROM events e WHERE ${ofType('product.updated')} GROUP BY e.subject`,
  });
  return new Map(rows.map((row) => [String(row.sku), Date.parse(String(row.time))]));
}

type Stretch = readonly [fromMs: number, untilMs: number];

/** The stretches of time in which each SKU had nothing on hand. */
async function emptyShelves(
  store: Pick<Store, 'read'>,
  skus: ReadonlySet<string>,
  nowMs: number,
): Promise<Map<string, Stretch[]>> {
  const stretches = new Map<string, Stretch[]>();
  if (skus.size === 0) return stretches;
  const since = new Map<string, number>();
  const close = (sku: string, untilMs: number) => {
    const fromMs = since.get(sku);
    since.delete(sku);
    if (fromMs !== undefined && untilMs > fromMs)
      stretches.set(sku, [...(stretches.get(sku) ?? []), [fromMs, untilMs]]);
  };
  const movements = sliced(
    store,
    'inventory.changed',
    `SELECT e.position AS position, e.subject AS sku, ${field('occurredAt')} AS at, ${field('onHand')} AS on_hand
     FROM (SELECT * FROM events e WHERE ${ofType('inventory.changed')} AND e.position > ? ORDER BY e.position LIMIT ?) e
     ORDER BY e.position`,
  );
  for await (const row of movements) {
    const sku = String(row.sku);
    if (!skus.has(sku)) continue;
    const atMs = Date.parse(String(row.at));
    if (Number(row.on_hand) > 0) close(sku, atMs);
    else if (!since.has(sku)) since.set(sku, atMs);
  }
  for (const sku of [...since.keys()]) close(sku, nowMs);
  return stretches;
}

/** Days without stock by period, from a day on. */
function outDays(stretches: readonly Stretch[], firstDay: number, granularity: Granularity): Map<string, number> {
  const days = new Map<string, number>();
  for (const [fromMs, untilMs] of stretches) {
    for (let atMs = Math.max(fromMs, firstDay * DAY_MS); atMs < untilMs; atMs += DAY_MS) {
      const period = periodOf(atMs, granularity);
      days.set(period, (days.get(period) ?? 0) + 1);
    }
  }
  return days;
}
