import { type RankingReport, RankingTally } from '../core/evaluation/ranking-report.ts';
import { at, type BasketLog, basketItems, type CustomerHistory, createBasketLog, nextTime } from './basket-log.ts';
import { fitBlend } from './blend.ts';
import type { BlendWeights } from './blend-weights.ts';
import type { ItemScores, Method } from './method.ts';
import { popularity } from './methods/popularity.ts';
import { topItems } from './top-items.ts';

/** The basket to predict of one customer. */
export interface NextBasket {
  readonly customer: string;
  readonly items: readonly string[];
}

export interface BasketEvaluation {
  readonly customers: number;
  readonly items: number;
  readonly weights: BlendWeights;
  readonly methods: readonly ({ readonly method: string; readonly seconds: number } & RankingReport)[];
}

const CUTOFFS = [10, 20];
const LONGEST = 20;

/**
 * Measures each method and their blend on baskets that come after the histories. The methods and the weights see the
 * histories only. A list that a method leaves short is filled up with what is popular. Customers without a history are
 * counted too.
 */
export function evaluateBaskets(
  histories: readonly CustomerHistory[],
  future: readonly NextBasket[],
  options: {
    readonly methods?: readonly Method[];
    readonly onProgress?: (stage: string, done: number, total: number) => void;
  } = {},
): BasketEvaluation {
  const known = new Set(histories.map(({ customer }) => customer));
  const strangers = future.filter(({ customer }) => !known.has(customer));
  const log = createBasketLog([...histories, ...strangers.map(({ customer }) => ({ customer, baskets: [] }))]);
  const started = performance.now();
  const blend = fitBlend(log, {
    ...(options.methods && { methods: options.methods }),
    onProgress: (done, total) => options.onProgress?.('Choosing weights', done, total),
  });
  const blendFitSeconds = (performance.now() - started) / 1000;
  const popular = topItems(popularity().fit(log).score(0, 0), 2 * LONGEST);
  const rows = [...blend.methods.map(({ name }) => name), blend.name].map((method) => ({
    method,
    seconds: method === blend.name ? blendFitSeconds : 0,
    tally: new RankingTally(CUTOFFS),
  }));
  const customers = new Map(log.customers.map((customer, number) => [customer, number]));
  const numbers = new Map(log.items.map((item, number) => [item, number]));
  future.forEach(({ customer, items }, done) => {
    options.onProgress?.('Predicting baskets', done, future.length);
    const number = customers.get(customer) ?? 0;
    const time = nextTime(log, number);
    // An item that no history has cannot be hit, and counts.
    const truth = new Set([...new Set(items)].map((item, place) => numbers.get(item) ?? log.items.length + place));
    const before = itemsBefore(log, number);
    const scored: ItemScores[] = [];
    rows.forEach((row, place) => {
      const from = performance.now();
      const method = blend.methods[place];
      const scores = method === undefined ? blend.combine(scored) : method.score(number, time);
      if (method !== undefined) scored.push(scores);
      row.tally.add(filledUp(topItems(scores, LONGEST), popular), truth, before);
      row.seconds += (performance.now() - from) / 1000;
    });
  });
  return {
    customers: future.length,
    items: log.items.length,
    weights: blend.weights,
    methods: rows.map(({ method, seconds, tally }) => ({ method, seconds, ...tally.report() })),
  };
}

function itemsBefore(log: BasketLog, customer: number): Set<number> {
  const items = new Set<number>();
  for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
    for (const item of basketItems(log, basket)) items.add(item);
  }
  return items;
}

function filledUp(ranked: number[], popular: readonly number[]): number[] {
  for (const item of popular) {
    if (ranked.length >= LONGEST) break;
    if (!ranked.includes(item)) ranked.push(item);
  }
  return ranked;
}
