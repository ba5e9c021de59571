import { at, type BasketLog, basketCount, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';
import { ScoreSheet } from '../score-sheet.ts';

export interface PersonalFrequencyOptions {
  /** What a basket counts, compared with the next one. */
  readonly decay: number;
}

/** The share of the customer's own baskets that had the item, recent baskets counting more. */
export function personalFrequency({ decay }: PersonalFrequencyOptions = { decay: 0.95 }): Method {
  return { name: 'personal-frequency', fit: (log) => fitPersonalFrequency(log, decay) };
}

function fitPersonalFrequency(log: BasketLog, decay: number): FittedMethod {
  const sheet = new ScoreSheet(log.items.length);
  return {
    name: 'personal-frequency',
    score(customer) {
      const start = at(log.basketStart, customer);
      const end = at(log.basketEnd, customer);
      let all = 0;
      for (let age = 0; age < end - start; age++) all += decay ** age;
      for (let basket = start; basket < end; basket++) {
        const weight = decay ** (end - 1 - basket) / all;
        for (const item of basketItems(log, basket)) sheet.add(item, weight);
      }
      return sheet.take();
    },
    explain(customer, item, time) {
      let times = 0;
      let last = 0;
      for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
        if (!basketItems(log, basket).includes(item)) continue;
        times++;
        last = at(log.times, basket);
      }
      return times === 0
        ? undefined
        : { kind: 'bought-before', times, of: basketCount(log, customer), since: Math.max(0, time - last) };
    },
  };
}
