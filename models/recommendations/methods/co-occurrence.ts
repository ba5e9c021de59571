import { at, type BasketLog, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';
import { ScoreSheet } from '../score-sheet.ts';

export interface CoOccurrenceOptions {
  /** Partners kept for each item. */
  readonly partners: number;
  /** Exponent of the partner's own count in the similarity: 0 leaves the popular on top, 1 takes popularity out. */
  readonly popularityPenalty: number;
  /** What a basket of the customer counts, compared with the next one. */
  readonly decay: number;
  /** Baskets of more items say nothing about pairs, and cost the square of their size. */
  readonly largestBasket: number;
}

const DEFAULTS: CoOccurrenceOptions = { partners: 100, popularityPenalty: 0.3, decay: 0.8, largestBasket: 200 };

interface Partners {
  readonly items: Int32Array;
  readonly similarity: Float32Array;
  readonly share: Float32Array;
}

/**
 * Items that customers buy together: conditional probability of the pair with a penalty for popular partners
 * (Deshpande and Karypis, 2004), summed over what the customer bought.
 */
export function coOccurrence(options: Partial<CoOccurrenceOptions> = {}): Method {
  return { name: 'co-occurrence', fit: (log) => fitCoOccurrence(log, { ...DEFAULTS, ...options }) };
}

function fitCoOccurrence(log: BasketLog, options: CoOccurrenceOptions): FittedMethod {
  const partners = findPartners(log, options);
  const sheet = new ScoreSheet(log.items.length);
  return {
    name: 'co-occurrence',
    score(customer) {
      const end = at(log.basketEnd, customer);
      for (let basket = at(log.basketStart, customer); basket < end; basket++) {
        const items = basketItems(log, basket);
        const weight = options.decay ** (end - 1 - basket) / items.length;
        for (const item of items) {
          const of = partners[item];
          if (of) sheet.addAll({ items: of.items, scores: of.similarity }, weight);
        }
      }
      return sheet.take();
    },
    explain(customer, item) {
      let best: { with: number; share: number; force: number } | undefined;
      const end = at(log.basketEnd, customer);
      for (let basket = at(log.basketStart, customer); basket < end; basket++) {
        for (const bought of basketItems(log, basket)) {
          const of = partners[bought];
          const place = of?.items.indexOf(item) ?? -1;
          if (of === undefined || place < 0) continue;
          const force = options.decay ** (end - 1 - basket) * at(of.similarity, place);
          if (best === undefined || force > best.force) best = { with: bought, share: at(of.share, place), force };
        }
      }
      return best === undefined ? undefined : { kind: 'bought-together', with: best.with, share: best.share };
    },
  };
}

/** The strongest partners of each item, one item's counts in memory at a time. */
function findPartners(log: BasketLog, options: CoOccurrenceOptions): (Partners | undefined)[] {
  const basketsOf: number[][] = log.items.map(() => []);
  for (let customer = 0; customer < log.customers.length; customer++) {
    for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
      const items = basketItems(log, basket);
      if (items.length > options.largestBasket) continue;
      for (const item of items) basketsOf[item]?.push(basket);
    }
  }
  const sheet = new ScoreSheet(log.items.length);
  return basketsOf.map((baskets, item) => {
    if (baskets.length < 2) return undefined;
    for (const basket of baskets) {
      for (const other of basketItems(log, basket)) if (other !== item) sheet.add(other, 1);
    }
    const { items, scores: together } = sheet.take();
    // A pair seen once is chance.
    const places = [...items.keys()].filter((place) => at(together, place) > 1);
    const similarity = Float64Array.from(items, (other, place) => {
      return at(together, place) / baskets.length / (basketsOf[other]?.length ?? 1) ** options.popularityPenalty;
    });
    places.sort((a, b) => at(similarity, b) - at(similarity, a) || at(items, a) - at(items, b));
    places.length = Math.min(places.length, options.partners);
    return {
      items: Int32Array.from(places, (place) => at(items, place)),
      similarity: Float32Array.from(places, (place) => at(similarity, place)),
      share: Float32Array.from(places, (place) => at(together, place) / baskets.length),
    };
  });
}
