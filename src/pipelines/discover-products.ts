import type { RecommenderOutput } from '../events/ml/recommender.ts';
import type { ProductSnapshot } from '../events/transactional/product.ts';
import type { PromotionActivated } from '../events/transactional/promotion.ts';

/** A product that the dealer has not ordered yet, with what speaks for it. */
export interface Discovery {
  readonly sku: string;
  readonly score: number;
  readonly reasonCode: RecommenderOutput['items'][number]['reasonCode'];
  readonly reason: string;
}

export interface DiscoveryBasis {
  /** Products that can be ordered now. */
  readonly listed: ReadonlyMap<string, ProductSnapshot>;
  /** Products that cannot be ordered any more. */
  readonly discontinued: ReadonlyMap<string, ProductSnapshot>;
  /** In how many orders each SKU was. */
  readonly orders: ReadonlyMap<string, number>;
  readonly promotions: readonly PromotionActivated[];
  /** RFC 3339. */
  readonly at: string;
}

/** Shares of a category's best that its other products may reach: a like product is a weaker hint than a successor. */
const PROMOTED = 0.8;
const LIKE = 0.6;
/** Products that are compared with the rest of their category. */
const ANCHORS_MAX = 200;

/**
 * New products that follow from what the dealer orders: successors of discontinued ones, promoted ones in categories
 * that the dealer orders from, and those most like what is ordered often. It needs no other dealer's data. Best first.
 */
export function discoverProducts(basis: DiscoveryBasis): Discovery[] {
  const found = new Map<string, Discovery>();
  const isNew = (sku: string) => basis.listed.has(sku) && !basis.orders.has(sku) && !found.has(sku);
  const most = Math.max(1, ...basis.orders.values());
  const strength = (orders: number) => Math.log1p(orders) / Math.log1p(most);
  for (const one of [...successors(basis, strength), ...promoted(basis), ...alike(basis, strength)]) {
    if (isNew(one.sku)) found.set(one.sku, one);
  }
  return [...found.values()].sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1));
}

type Strength = (orders: number) => number;

function* successors({ discontinued, orders }: DiscoveryBasis, strength: Strength): Generator<Discovery> {
  for (const [sku, { supersededBy, name }] of discontinued) {
    const times = orders.get(sku);
    if (supersededBy === undefined || times === undefined) continue;
    yield {
      sku: supersededBy,
      score: 0.5 + 0.5 * strength(times),
      reasonCode: 'substitute',
      reason: `Replaces ${name}, which was in ${ordersInWords(times)} and is no longer made`,
    };
  }
}

function* promoted({ listed, orders, promotions, at }: DiscoveryBasis): Generator<Discovery> {
  const ofCategory = ordersByCategory(listed, orders);
  const most = Math.max(1, ...ofCategory.values());
  const running = promotions.filter(({ activeFrom, activeTo }) => activeFrom <= at && at < activeTo);
  for (const { name, skus, categories, discountBasisPoints, activeTo } of running) {
    for (const [sku, { category }] of listed) {
      if (!skus.includes(sku) && !category.some((one) => categories.includes(one))) continue;
      const known = ofCategory.get(category.join(' / ')) ?? 0;
      if (known === 0) continue;
      yield {
        sku,
        score: (PROMOTED * Math.log1p(known)) / Math.log1p(most),
        reasonCode: 'promotion',
        reason: `${name}: ${discountBasisPoints / 100} % off until ${activeTo.slice(0, 10)}, in a category that you order from`,
      };
    }
  }
}

/** Of the same category, the more words of the name are shared the better. */
function* alike({ listed, orders }: DiscoveryBasis, strength: Strength): Generator<Discovery> {
  const byCategory = new Map<string, ProductSnapshot[]>();
  for (const product of listed.values()) {
    const category = product.category.join(' / ');
    byCategory.set(category, [...(byCategory.get(category) ?? []), product]);
  }
  const anchors = [...orders].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, ANCHORS_MAX);
  for (const [sku, times] of anchors) {
    const anchor = listed.get(sku);
    if (anchor === undefined) continue;
    const words = wordsOf(anchor.name);
    for (const other of byCategory.get(anchor.category.join(' / ')) ?? []) {
      if (orders.has(other.sku)) continue;
      const likeness = overlap(words, wordsOf(other.name));
      if (likeness === 0) continue;
      yield {
        sku: other.sku,
        score: LIKE * likeness * strength(times),
        reasonCode: 'similar',
        reason: `Like ${anchor.name}, which was in ${ordersInWords(times)}`,
      };
    }
  }
}

function ordersByCategory(
  listed: ReadonlyMap<string, ProductSnapshot>,
  orders: ReadonlyMap<string, number>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [sku, times] of orders) {
    const category = listed.get(sku)?.category.join(' / ');
    if (category !== undefined) counts.set(category, (counts.get(category) ?? 0) + times);
  }
  return counts;
}

function wordsOf(name: string): Set<string> {
  return new Set(name.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
}

/** Jaccard index. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

function ordersInWords(times: number): string {
  return times === 1 ? 'one order' : `${times} orders`;
}
