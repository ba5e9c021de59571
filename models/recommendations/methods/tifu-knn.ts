import { at, type BasketLog, basketCount, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';
import { ScoreSheet } from '../score-sheet.ts';
import { SparseVectors } from '../sparse-vectors.ts';
import { topPlaces } from '../top-items.ts';

export interface TifuKnnOptions {
  readonly neighbours: number;
  /** Baskets in a group. */
  readonly groupSize: number;
  readonly decayInGroup: number;
  readonly decayOfGroups: number;
  /** The customer's own part of the score; the rest is the neighbours'. */
  readonly own: number;
}

/** What the authors chose for Ta-Feng. */
const DEFAULTS: TifuKnnOptions = { neighbours: 300, groupSize: 7, decayInGroup: 0.9, decayOfGroups: 0.7, own: 0.7 };

/**
 * Temporal item frequency with nearest neighbours (Hu, He, Gao and Zhang, SIGIR 2020): a vector of decayed item counts
 * for each customer, mixed with the mean of the nearest vectors (Euclidean distance).
 */
export function tifuKnn(options: Partial<TifuKnnOptions> = {}): Method {
  return { name: 'tifu-knn', fit: (log) => fitTifuKnn(log, { ...DEFAULTS, ...options }) };
}

function fitTifuKnn(log: BasketLog, options: TifuKnnOptions): FittedMethod {
  const sheet = new ScoreSheet(log.items.length);
  const rows = log.customers.map((_, customer) => customerVector(log, customer, options, sheet));
  const vectors = new SparseVectors(rows, log.items.length);
  const everybody = Int32Array.from(log.customers.keys());
  const nearness = new Float64Array(log.customers.length);

  function neighboursOf(customer: number): number[] {
    const dots = vectors.dotsWithAll(customer);
    for (let other = 0; other < nearness.length; other++) {
      const norm = at(vectors.norms, other);
      // Of |a − b|² = |a|² + |b|² − 2 a·b the first part is the same for all.
      nearness[other] = other === customer || norm === 0 ? Number.NEGATIVE_INFINITY : 2 * at(dots, other) - norm * norm;
    }
    return topPlaces({ items: everybody, scores: nearness }, options.neighbours).filter(
      (other) => at(nearness, other) > Number.NEGATIVE_INFINITY,
    );
  }

  return {
    name: 'tifu-knn',
    score(customer) {
      if (basketCount(log, customer) === 0) return { items: [], scores: [] };
      const neighbours = neighboursOf(customer);
      sheet.addAll(vectors.row(customer), options.own);
      for (const other of neighbours) sheet.addAll(vectors.row(other), (1 - options.own) / neighbours.length);
      return sheet.take();
    },
    explain(customer, item) {
      if (basketCount(log, customer) === 0) return undefined;
      const neighbours = neighboursOf(customer);
      const customers = neighbours.filter((other) => vectors.value(other, item) > 0).length;
      return customers === 0 ? undefined : { kind: 'similar-customers', customers, of: neighbours.length };
    },
  };
}

/** Mean of the decayed baskets in each group, then of the decayed groups; the first group is the one that is short. */
function customerVector(log: BasketLog, customer: number, options: TifuKnnOptions, sheet: ScoreSheet) {
  const start = at(log.basketStart, customer);
  const count = basketCount(log, customer);
  const groups = Math.ceil(count / options.groupSize);
  for (let basket = start; basket < start + count; basket++) {
    const age = start + count - 1 - basket;
    const group = Math.floor(age / options.groupSize);
    const inGroup = group === groups - 1 ? count - group * options.groupSize : options.groupSize;
    const weight =
      (options.decayInGroup ** (age % options.groupSize) / inGroup) * (options.decayOfGroups ** group / groups);
    for (const item of basketItems(log, basket)) sheet.add(item, weight);
  }
  return sheet.take();
}
