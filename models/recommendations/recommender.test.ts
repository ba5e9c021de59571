import { describe, expect, it } from 'vitest';
import { type CustomerHistory, createBasketLog } from './basket-log.ts';
import { fitBlend } from './blend.ts';
import { chooseWeights } from './blend-weights.ts';
import { type Dismissal, dismissalFactor } from './dismissals.ts';
import { evaluateBaskets } from './evaluate-baskets.ts';
import { popularity } from './methods/popularity.ts';
import { purchaseInterval } from './methods/purchase-interval.ts';
import { typicalQuantity } from './quantity.ts';
import { reasonInWords } from './reason.ts';
import { createBasketRecommender } from './recommender.ts';
import { generatedHistories } from './testing/generated-baskets.ts';

const at = (day: number) => new Date(day * 86_400_000).toISOString();

describe('a log of baskets', () => {
  it('sums an item of one basket and leaves out returns and empty baskets', () => {
    const lines = [
      { item: 'a', quantity: 2 },
      { item: 'a', quantity: 3 },
      { item: 'b', quantity: -1 },
    ];
    const log = createBasketLog([{ customer: '1', baskets: [{ lines: [] }, { lines }] }]);
    expect([...log.lineQuantity]).toEqual([5]);
    expect(log.items).toEqual(['a']);
    expect(log.unit).toBe('baskets');
  });
});

describe('the blend', () => {
  it('chooses its weights on the history, the same each time, and weighs the better method', () => {
    const log = createBasketLog(generatedHistories(150, 8));
    const methods = [popularity(), purchaseInterval()];
    const weights = chooseWeights(log, methods);
    expect(chooseWeights(log, methods)).toEqual(weights);
    expect(weights['purchase-interval']).toBeGreaterThan(0);
  });

  it('says what each method gave, adding up to the score', () => {
    const log = createBasketLog(generatedHistories(30, 6));
    const blend = fitBlend(log);
    const { items, scores } = blend.score(3, 45);
    for (let place = 0; place < 5; place++) {
      const parts = blend.parts(3, items[place] ?? 0, 45);
      const sum = parts.reduce((total, part) => total + part.score, 0);
      expect(sum).toBeCloseTo(scores[place] ?? 0, 6);
    }
  });
});

describe('the evaluation', () => {
  const histories = generatedHistories(120, 8);
  const past = histories.map((one) => ({ ...one, baskets: one.baskets.slice(0, -1) }));
  const future = histories.map(({ customer, baskets }) => ({
    customer,
    items: baskets.at(-1)?.lines.map(({ item }) => item) ?? [],
  }));

  it('chooses the same weights whatever the future is', () => {
    const other = future.map(({ customer }) => ({ customer, items: ['own-1', 'never seen'] }));
    expect(evaluateBaskets(past, other).weights).toEqual(evaluateBaskets(past, future).weights);
  });

  it('finds what shops reorder, and counts customers without a history and items never seen', () => {
    const { methods } = evaluateBaskets(past, [...future, { customer: 'new', items: ['never seen'] }]);
    expect(methods.map(({ method }) => method).slice(-1)).toEqual(['blend']);
    const blend = methods.at(-1);
    expect(blend?.all.customers).toBe(121);
    expect(blend?.repeat.recall[0]).toBeGreaterThan(0.8);
    expect(blend?.explore.customers).toBeGreaterThan(0);
  });
});

describe('the recommender', () => {
  const regular: CustomerHistory = {
    customer: 'shop',
    baskets: [0, 18, 36, 54].map((day) => ({
      day,
      lines: [{ item: 'FILTER', quantity: day === 0 ? 1 : 4 }, ...(day === 0 ? [{ item: 'LAMP' }] : [])],
    })),
  };
  const others = Array.from({ length: 8 }, (_, number) => ({
    customer: `other-${number}`,
    baskets: [0, 20].map((day) => ({ day, lines: [{ item: 'FILTER' }, { item: 'GASKET', quantity: 2 }] })),
  }));
  const dismissals: Dismissal[] = [];
  const recommender = createBasketRecommender({
    histories: [regular, ...others],
    customer: 'shop',
    dismissals: () => dismissals,
  });

  it('suggests reorders and discoveries with quantity and reason', async () => {
    const suggestions = await recommender.recommend({ at: at(74), limit: 5 });
    expect(suggestions[0]).toMatchObject({ sku: 'FILTER', quantity: 4, score: 1, kind: 'reorder' });
    expect(suggestions[0]?.reason).toBe('You order this about every 18 days; last 20 days ago');
    expect(suggestions.find(({ sku }) => sku === 'GASKET')).toMatchObject({ quantity: 2, kind: 'discovery' });
  });

  it('drops a dismissed item at once, and brings it back damped, then fully', async () => {
    const skus = async (day: number) => (await recommender.recommend({ at: at(day), limit: 5 })).map(({ sku }) => sku);
    dismissals.push({ item: 'FILTER', day: 74 });
    expect(await skus(74)).not.toContain('FILTER');
    expect(await skus(103)).not.toContain('FILTER');
    expect(await skus(110)).toContain('FILTER');
    dismissals.length = 0;
    expect(await skus(74)).toContain('FILTER');
  });

  it('keeps to what is eligible, and serves a customer without a history', async () => {
    const fresh = createBasketRecommender({
      histories: others,
      customer: 'new',
      dismissals: () => [],
      eligible: (item) => item !== 'FILTER',
    });
    const suggestions = await fresh.recommend({ at: at(30), limit: 5 });
    expect(suggestions.map(({ sku, kind }) => [sku, kind])).toEqual([['GASKET', 'discovery']]);
    await expect(fresh.recommend({ at: 'soon', limit: 5 })).rejects.toThrow('"soon" is no time');
  });
});

describe('a dismissal', () => {
  it('rests the item, returns it evenly, rests longer each time, and is void after a purchase', () => {
    const once = [{ item: 'a', day: 10 }];
    expect(dismissalFactor(once, 'a', 10)).toBe(0);
    expect(dismissalFactor(once, 'a', 70)).toBe(0.5);
    expect(dismissalFactor(once, 'a', 130)).toBe(1);
    expect(dismissalFactor(once, 'b', 10)).toBe(1);
    expect(dismissalFactor([...once, { item: 'a', day: 11 }], 'a', 70)).toBe(0);
    expect(dismissalFactor(once, 'a', 12, { lastBought: 11 })).toBe(1);
  });
});

describe('quantity and reason', () => {
  it('take the median of the own last five, else of all', () => {
    const baskets = [9, 9, 1, 2, 2, 3, 8].map((quantity) => ({ lines: [{ item: 'a', quantity }] }));
    const log = createBasketLog([
      { customer: '1', baskets },
      { customer: '2', baskets: [] },
    ]);
    expect(typicalQuantity(log, 0, 0)).toBe(2);
    expect(typicalQuantity(log, 1, 0)).toBe(3);
  });

  it('are said in words', () => {
    const log = createBasketLog([{ customer: '1', baskets: [{ day: 1, lines: [{ item: 'HYD-2210-08' }] }] }]);
    expect(reasonInWords({ kind: 'bought-together', with: 0, share: 0.4 }, log)).toBe(
      'Often bought together with HYD-2210-08',
    );
    expect(reasonInWords({ kind: 'bought-before', times: 1, of: 3, since: 0 }, log)).toBe(
      'In 1 of your 3 orders; last today',
    );
    expect(reasonInWords({ kind: 'popular', share: 0.004 }, log)).toBe('In less than 1 % of all orders');
  });
});
