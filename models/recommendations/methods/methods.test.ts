import { describe, expect, it } from 'vitest';
import { type BasketLog, type CustomerHistory, createBasketLog, nextTime, withoutLastBaskets } from '../basket-log.ts';
import { blendMethods } from '../blend.ts';
import type { FittedMethod } from '../method.ts';
import { generatedHistories } from '../testing/generated-baskets.ts';
import { coOccurrence } from './co-occurrence.ts';
import { personalFrequency } from './personal-frequency.ts';
import { popularity } from './popularity.ts';
import { purchaseInterval } from './purchase-interval.ts';
import { tifuKnn } from './tifu-knn.ts';
import { upCf } from './up-cf.ts';

function history(customer: string, ...baskets: string[]): CustomerHistory {
  return { customer, baskets: baskets.map((items) => ({ lines: [...items].map((item) => ({ item })) })) };
}

function scores(log: BasketLog, method: FittedMethod, customer: number): Record<string, number> {
  const { items, scores } = method.score(customer, nextTime(log, customer));
  return Object.fromEntries(Array.from(items, (item, place) => [log.items[item] ?? '', scores[place] ?? 0]));
}

describe('popularity', () => {
  it('counts recent baskets more', () => {
    const log = createBasketLog([history('1', 'a', 'b'), history('2', 'b')]);
    const found = scores(log, popularity({ decay: 0.5 }).fit(log), 0);
    expect(found.a).toBeCloseTo(0.5 / 2.5, 12);
    expect(found.b).toBeCloseTo(2 / 2.5, 12);
  });
});

describe('personal frequency', () => {
  it('is the decayed share of the own baskets', () => {
    const log = createBasketLog([history('1', 'ab', 'b', 'ac'), history('2', 'd')]);
    const found = scores(log, personalFrequency({ decay: 0.5 }).fit(log), 0);
    expect(Object.keys(found).sort()).toEqual(['a', 'b', 'c']);
    expect(found.a).toBeCloseTo(1.25 / 1.75, 12);
    expect(found.b).toBeCloseTo(0.75 / 1.75, 12);
    expect(found.c).toBeCloseTo(1 / 1.75, 12);
  });
});

describe('TIFU-KNN', () => {
  it('mixes the grouped, decayed vector with that of the nearest', () => {
    const log = createBasketLog([history('1', 'a', 'b', 'a'), history('2', 'ax'), history('3', 'yz')]);
    const method = tifuKnn({ groupSize: 2, decayInGroup: 0.5, decayOfGroups: 0.5, neighbours: 1, own: 0.6 }).fit(log);
    const found = scores(log, method, 0);
    // Groups (a) and (b, a): a = (0.5 · 1 + 1 / 2) / 2, b = 0.5 / 2 / 2. Customers 2 and 3 have vectors of the same
    // length, and only that of customer 2 shares an item.
    expect(found.a).toBeCloseTo(0.6 * 0.5 + 0.4 * 1, 12);
    expect(found.b).toBeCloseTo(0.6 * 0.125, 12);
    expect(found.x).toBeCloseTo(0.4, 12);
    expect(found.z).toBeUndefined();
  });
});

describe('UP-CF', () => {
  it('sums the recent shares of similar customers by asymmetric cosine', () => {
    const log = createBasketLog([history('1', 'ab'), history('2', 'ac', 'a'), history('3', 'z')]);
    const found = scores(log, upCf({ window: 2, locality: 1, asymmetry: 0.5, neighbours: 5 }).fit(log), 0);
    // Of {a, b} and {a, c}: 1 / (√2 · √2).
    expect(found.a).toBeCloseTo(1 + 0.5, 12);
    expect(found.b).toBeCloseTo(1, 12);
    expect(found.c).toBeCloseTo(0.5 * 0.5, 12);
    expect(found.z).toBeUndefined();
  });
});

describe('co-occurrence', () => {
  it('finds what others bought together with an item, and says with which', () => {
    const log = createBasketLog([history('1', 'ab'), history('2', 'ab'), history('3', 'ac'), history('4', 'a')]);
    const method = coOccurrence({ popularityPenalty: 0 }).fit(log);
    // b stands beside a in 2 of 4 baskets; c does once, which is chance.
    expect(scores(log, method, 3)).toEqual({ b: 0.5 });
    expect(method.explain(3, log.items.indexOf('b'), 1)).toEqual({ kind: 'bought-together', with: 0, share: 0.5 });
  });
});

describe('the purchase interval', () => {
  it('puts what is due before what was just bought', () => {
    const rhythm = Array.from({ length: 15 }, (_, number) => (number % 3 === 0 ? 'ax' : number % 3 === 1 ? 'bx' : 'x'));
    const log = createBasketLog(Array.from({ length: 40 }, (_, customer) => history(String(customer), ...rhythm)));
    const method = purchaseInterval().fit(log);
    const found = scores(log, method, 0);
    // In the next basket it is the turn of a; b is due the time after.
    expect(found.a).toBeGreaterThan(3 * (found.b ?? 0));
    expect(found.x).toBeGreaterThan(0.8);
    expect(method.explain(0, log.items.indexOf('a'), 15)).toEqual({ kind: 'interval', every: 3, since: 3, times: 5 });
  });
});

describe.each(blendMethods())('$name', (method) => {
  const histories = generatedHistories(30, 6);

  it('sees nothing of a basket that is held out', () => {
    const heldOut = withoutLastBaskets(createBasketLog(histories));
    const cut = createBasketLog(histories.map((one) => ({ ...one, baskets: one.baskets.slice(0, -1) })));
    const [ofHeldOut, ofCut] = [method.fit(heldOut), method.fit(cut)];
    for (const customer of histories.keys()) {
      const found = scores(heldOut, ofHeldOut, customer);
      const expected = scores(cut, ofCut, customer);
      expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
      for (const [item, score] of Object.entries(expected)) expect(found[item]).toBeCloseTo(score, 9);
    }
  });

  it('takes customers without baskets and a log without any', () => {
    const log = createBasketLog([...histories, { customer: 'new', baskets: [] }]);
    const { items, scores } = method.fit(log).score(30, 0);
    expect(items.length).toBe(scores.length);
    expect(method.fit(createBasketLog([{ customer: 'new', baskets: [] }])).score(0, 0).items).toHaveLength(0);
  });
});
