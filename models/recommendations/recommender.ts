import type { Recommender, Suggestion } from '../core/ports.ts';
import { at, type BasketLog, basketCount, basketItems, type CustomerHistory, createBasketLog } from './basket-log.ts';
import { type FittedBlend, fitBlend, type ScorePart } from './blend.ts';
import type { BlendWeights } from './blend-weights.ts';
import { type Dismissal, type DismissalOptions, dismissalFactor } from './dismissals.ts';
import type { Evidence } from './method.ts';
import { typicalQuantity } from './quantity.ts';
import { reasonInWords } from './reason.ts';
import { topPlaces } from './top-items.ts';

const MS_A_DAY = 86_400_000;
/** Methods that speak of the customer's own purchases. */
const OWN: readonly Evidence['kind'][] = ['interval', 'bought-before'];
/** Of a full list, the share kept for items that are new to the customer, where there are any. */
const DISCOVERY_SHARE = 0.2;

export interface RecommenderOptions {
  /** All customers that are known here. Baskets have the day: days since 1970-01-01. */
  readonly histories: readonly CustomerHistory[];
  /** For whom suggestions are made. One without a history gets what is popular. */
  readonly customer: string;
  /** Read at each call, so that a dismissal works at once. Days since 1970-01-01. */
  readonly dismissals: () => readonly Dismissal[];
  readonly dismissal?: Partial<DismissalOptions>;
  /** Whether an item may be suggested now (listed, available); all where it is not given. */
  readonly eligible?: (item: string) => boolean;
  /** From an earlier fit; otherwise they are chosen on the histories. */
  readonly weights?: BlendWeights;
}

/** A suggestion with what made its score. */
export interface ExplainedSuggestion extends Suggestion {
  readonly parts: readonly ScorePart[];
}

export interface BasketRecommender extends Recommender {
  readonly weights: BlendWeights;
  /** @throws {RangeError} when `at` is no time of RFC 3339. */
  recommend(options: { readonly at: string; readonly limit: number }): Promise<readonly ExplainedSuggestion[]>;
}

/**
 * Learns from the histories (on the thread that calls; for thousands of customers that takes seconds) and suggests what
 * one of them may want next: reorders first by their score, and a share of items that are new to the customer.
 */
export function createBasketRecommender(options: RecommenderOptions): BasketRecommender {
  const isKnown = options.histories.some(({ customer }) => customer === options.customer);
  const log = createBasketLog(
    isKnown ? options.histories : [...options.histories, { customer: options.customer, baskets: [] }],
  );
  const customer = log.customers.indexOf(options.customer);
  const blend = fitBlend(log, options.weights && { weights: options.weights });
  const lastBought = lastTimes(log, customer);
  return {
    weights: blend.weights,
    async recommend({ at: when, limit }) {
      const ms = Date.parse(when);
      if (Number.isNaN(ms)) throw new RangeError(`"${when}" is no time: write it as 2026-01-31T12:00:00Z.`);
      const day = ms / MS_A_DAY;
      const time = log.unit === 'days' ? day : basketCount(log, customer);
      return suggest({ ...options, log, blend, customer, lastBought }, day, time, limit);
    },
  };
}

interface Learned extends Omit<RecommenderOptions, 'customer'> {
  readonly log: BasketLog;
  readonly blend: FittedBlend;
  readonly customer: number;
  readonly lastBought: ReadonlyMap<number, number>;
}

function suggest(learned: Learned, day: number, time: number, limit: number): ExplainedSuggestion[] {
  const { log, blend, customer, lastBought } = learned;
  const { items, scores } = blend.score(customer, time);
  const dismissals = learned.dismissals();
  const damped = Float64Array.from({ length: items.length }, (_, place) => {
    const item = items[place] as number;
    const name = log.items[item] ?? '';
    if (learned.eligible?.(name) === false) return 0;
    const bought = log.unit === 'days' ? lastBought.get(item) : undefined;
    const factor = dismissalFactor(dismissals, name, day, {
      ...learned.dismissal,
      ...(bought !== undefined && { lastBought: bought }),
    });
    return factor * (scores[place] as number);
  });
  const ranked = topPlaces({ items, scores: damped }, items.length).filter((place) => at(damped, place) > 0);
  const isReorder = (place: number) => lastBought.has(items[place] as number);
  const reorders = ranked.filter(isReorder);
  const discoveries = ranked.filter((place) => !isReorder(place));
  const kept = Math.min(discoveries.length, Math.max(Math.floor(limit * DISCOVERY_SHARE), limit - reorders.length));
  const chosen = [...reorders.slice(0, limit - kept), ...discoveries.slice(0, kept)];
  const highest = Math.max(...chosen.map((place) => at(damped, place)));
  return chosen.map((place) => {
    const item = items[place] as number;
    const kind = isReorder(place) ? 'reorder' : 'discovery';
    const parts = blend.parts(customer, item, time);
    return {
      sku: log.items[item] ?? '',
      quantity: typicalQuantity(log, customer, item),
      score: at(damped, place) / highest,
      reason: reasonOf(parts, kind, log),
      kind,
      parts,
    };
  });
}

/** A reorder is explained by the customer's own purchases, a discovery by the largest part. */
function reasonOf(parts: readonly ScorePart[], kind: Suggestion['kind'], log: BasketLog): string {
  const evidence = parts.flatMap((part) => part.evidence ?? []);
  const own = OWN.flatMap((wanted) => evidence.filter((one) => one.kind === wanted));
  const told = kind === 'reorder' ? (own[0] ?? evidence[0]) : evidence[0];
  return told === undefined ? 'Suggested by what others order' : reasonInWords(told, log);
}

function lastTimes(log: BasketLog, customer: number): Map<number, number> {
  const last = new Map<number, number>();
  for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
    for (const item of basketItems(log, basket)) last.set(item, at(log.times, basket));
  }
  return last;
}
