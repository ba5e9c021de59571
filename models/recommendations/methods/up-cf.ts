import { at, type BasketLog, basketCount, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';
import { ScoreSheet } from '../score-sheet.ts';
import { SparseVectors } from '../sparse-vectors.ts';
import { topPlaces } from '../top-items.ts';

export interface UpCfOptions {
  /** The last baskets that count. */
  readonly window: number;
  /** Exponent of the similarity: the higher, the more the nearest decide. */
  readonly locality: number;
  /** Of the asymmetric cosine: 0.5 is the cosine. */
  readonly asymmetry: number;
  readonly neighbours: number;
}

const DEFAULTS: UpCfOptions = { window: 10, locality: 2, asymmetry: 0.25, neighbours: 600 };

/**
 * User popularity-based collaborative filtering (Faggioli, Polato and Aiolli, UMAP 2020): the share of the last baskets
 * that had the item, summed over customers with weight similarity^locality. The customer is the nearest to itself.
 */
export function upCf(options: Partial<UpCfOptions> = {}): Method {
  return { name: 'up-cf', fit: (log) => fitUpCf(log, { ...DEFAULTS, ...options }) };
}

function fitUpCf(log: BasketLog, options: UpCfOptions): FittedMethod {
  const sheet = new ScoreSheet(log.items.length);
  const rows = log.customers.map((_, customer) => {
    const end = at(log.basketEnd, customer);
    const from = Math.max(at(log.basketStart, customer), end - options.window);
    for (let basket = from; basket < end; basket++) {
      for (const item of basketItems(log, basket)) sheet.add(item, 1 / (end - from));
    }
    return sheet.take();
  });
  const shares = new SparseVectors(rows, log.items.length);
  const sets = new SparseVectors(
    log.customers.map((_, customer) => {
      for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
        for (const item of basketItems(log, basket)) sheet.add(item, 1);
      }
      const { items } = sheet.take();
      return { items, scores: new Float64Array(items.length).fill(1) };
    }),
    log.items.length,
  );
  const everybody = Int32Array.from(log.customers.keys());
  const similarity = new Float64Array(log.customers.length);

  function neighboursOf(customer: number): number[] {
    const dots = sets.dotsWithAll(customer);
    const ownSize = at(sets.norms, customer) ** 2;
    for (let other = 0; other < similarity.length; other++) {
      const both = at(dots, other);
      const size = at(sets.norms, other) ** 2;
      similarity[other] =
        both === 0 ? 0 : (both / (ownSize ** options.asymmetry * size ** (1 - options.asymmetry))) ** options.locality;
    }
    return topPlaces({ items: everybody, scores: similarity }, options.neighbours).filter(
      (other) => at(similarity, other) > 0,
    );
  }

  return {
    name: 'up-cf',
    score(customer) {
      if (basketCount(log, customer) === 0) return { items: [], scores: [] };
      const neighbours = neighboursOf(customer);
      for (const other of neighbours) sheet.addAll(shares.row(other), at(similarity, other));
      return sheet.take();
    },
    explain(customer, item) {
      if (basketCount(log, customer) === 0) return undefined;
      const neighbours = neighboursOf(customer).filter((other) => other !== customer);
      const customers = neighbours.filter((other) => shares.value(other, item) > 0).length;
      return customers === 0 ? undefined : { kind: 'similar-customers', customers, of: neighbours.length };
    },
  };
}
