import { nearestQuantity } from '../../src/domain/pricing/quantity-rules.ts';
import { MINUTE_MS } from './calendar.ts';
import type { CataloguePart } from './catalogue.ts';
import type { Demand, Wish } from './demand.ts';
import type { Prng } from './prng.ts';

/** An order that will be placed, before it is priced. */
export interface PlannedOrder {
  readonly atMs: number;
  readonly lines: readonly Wish[];
}

/** Lines of an order and how many orders in 100 have them. */
const SIZES = [
  [1, 17],
  [2, 18],
  [3, 17],
  [4, 14],
  [5, 11],
  [6, 9],
  [8, 8],
  [12, 5],
  [16, 1],
] as const;

/** Puts each day's demand into orders, in the order of time. */
export function planOrders(demand: Demand, startMs: number, nowMs: number, prng: Prng): PlannedOrder[] {
  const orders: PlannedOrder[] = [];
  const days = [...new Set([...demand.singles.keys(), ...demand.jobs.keys()])].sort((a, b) => a - b);
  for (const day of days) {
    const singles = groupByAffinity(demand.singles.get(day) ?? [], prng);
    const baskets = demand.jobs.get(day) ?? [];
    // Some services take further parts along.
    for (const basket of baskets) if (prng.chance(0.3)) basket.push(...singles.splice(0, prng.int(1, 2)));
    while (singles.length > 0) baskets.push(singles.splice(0, drawSize(prng)));
    for (const basket of baskets) {
      const atMs = day + minuteOfDay(prng) * MINUTE_MS + prng.int(0, 59_999);
      if (atMs >= startMs && atMs < nowMs - 5 * MINUTE_MS) orders.push({ atMs, lines: mergeLines(basket) });
    }
  }
  return orders.sort((a, b) => a.atMs - b.atMs);
}

/** Parts of one machine or one shelf tend to be ordered together. */
function groupByAffinity(wishes: readonly Wish[], prng: Prng): Wish[] {
  return wishes
    .map((wish) => ({ wish, key: prng.chance(0.65) ? affinityOf(wish.part) : String(prng.int(0, 99)) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ wish }) => wish);
}

function affinityOf({ spec }: CataloguePart): string {
  return spec.series ?? spec.category[0];
}

function drawSize(prng: Prng): number {
  let left = prng.int(1, 100);
  for (const [size, share] of SIZES) {
    left -= share;
    if (left <= 0) return size;
  }
  return 1;
}

/** The counter is busiest in the morning and after lunch; minutes are of UTC. */
function minuteOfDay(prng: Prng): number {
  return prng.chance(0.6) ? prng.int(5 * 60 + 30, 10 * 60) : prng.int(10 * 60, 15 * 60 + 30);
}

/** One line for each SKU. */
function mergeLines(wishes: readonly Wish[]): Wish[] {
  const bySku = new Map<string, Wish>();
  for (const wish of wishes) {
    const before = bySku.get(wish.part.spec.sku);
    const quantity = wish.quantity + (before?.quantity ?? 0);
    bySku.set(wish.part.spec.sku, { part: wish.part, quantity: nearestQuantity(wish.part.spec.rules, quantity) });
  }
  return [...bySku.values()];
}
