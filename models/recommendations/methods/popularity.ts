import { at, type BasketLog, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';

export interface PopularityOptions {
  /** What a basket counts, compared with the same customer's next one; 1 counts all alike. */
  readonly decay: number;
}

/** What most customers buy, recent baskets counting more: the last resort, for customers with no history. */
export function popularity({ decay }: PopularityOptions = { decay: 0.5 }): Method {
  return { name: 'popularity', fit: (log) => fitPopularity(log, decay) };
}

function fitPopularity(log: BasketLog, decay: number): FittedMethod {
  const share = new Float64Array(log.items.length);
  let total = 0;
  for (let customer = 0; customer < log.customers.length; customer++) {
    let weight = 1;
    for (let basket = at(log.basketEnd, customer) - 1; basket >= at(log.basketStart, customer); basket--) {
      for (const item of basketItems(log, basket)) share[item] = at(share, item) + weight;
      total += weight;
      weight *= decay;
    }
  }
  const items: number[] = [];
  for (let item = 0; item < share.length; item++) {
    if (share[item] === 0) continue;
    share[item] = at(share, item) / total;
    items.push(item);
  }
  items.sort((a, b) => at(share, b) - at(share, a) || a - b);
  const scores = { items, scores: items.map((item) => at(share, item)) };
  return {
    name: 'popularity',
    score: () => scores,
    explain: (_customer, item) => {
      const part = share[item] ?? 0;
      return part > 0 ? { kind: 'popular', share: part } : undefined;
    },
  };
}
