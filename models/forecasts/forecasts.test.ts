import { describe, expect, it } from 'vitest';
import { backTestCuts } from './back-test.ts';
import { demandPattern } from './demand-class.ts';
import { forecastAssortment } from './local-forecaster.ts';
import { LEVELS } from './method.ts';
import { METHODS } from './methods.ts';
import { negativeBinomialQuantiles, normalQuantile } from './negative-binomial.ts';
import { prepareSeries } from './prepare-series.ts';
import { chooseMethod, router } from './router.ts';

/** Numbers from 0 to 1, the same in each run (Park & Miller 1988). */
function seeded(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const random = seeded(7);
const sporadic = Array.from({ length: 60 }, (_, index) => ({
  id: `part-${index}`,
  values: Array.from({ length: 36 }, () => (random() < 0.3 ? Math.ceil(4 * random()) : 0)),
}));
const seasonal = Array.from({ length: 12 }, (_, index) => ({
  id: `oil-${index}`,
  values: Array.from({ length: 60 }, (_, at) => 100 + at + 30 * Math.sin((Math.PI * at) / 6) + 10 * random()),
}));
const AHEAD = { horizon: 12, seasonLength: 12 };
const ALL = [...METHODS, router];

describe('the kinds of demand', () => {
  it.each([
    ['smooth', [10, 11, 9, 10]],
    ['erratic', [1, 30, 1, 2, 1, 1]],
    ['intermittent', [0, 0, 3, 0, 0, 3]],
    ['lumpy', [0, 0, 1, 0, 0, 40, 0, 0, 1]],
    ['none', [0, 0]],
  ])('tells %s demand', (kind, values) => {
    expect(demandPattern(values).kind).toBe(kind);
  });
});

describe('quantiles', () => {
  it('of the normal distribution are those of the tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.01)).toBeCloseTo(-2.326348, 6);
  });

  it('of counts are the lowest counts that reach the probability', () => {
    // Poisson with mean 1: cumulative .368, .736, .920, .981.
    expect(negativeBinomialQuantiles(1, 1, [0.3, 0.5, 0.9, 0.95])).toEqual([0, 1, 2, 3]);
    // Size 1, variance 2: geometric, cumulative .5, .75, .875, .9375.
    expect(negativeBinomialQuantiles(1, 2, [0.49, 0.7, 0.8, 0.9])).toEqual([0, 1, 2, 3]);
  });
});

describe.each(ALL)('$name', (method) => {
  it.each([
    ['nothing', []],
    ['one point', [5]],
    ['only zeros', new Array(30).fill(0)],
    ['gaps', [1, undefined, 3, undefined, undefined, 4, 2, 5, undefined]],
    ['only gaps', [undefined, undefined]],
    ['returns', [3, -2, 4, -9, 0, 2, 1, 3]],
    ['an outlier', [1, 0, 2, 1, 1e12, 0, 1, 2, 0, 1, 1, 1, 2, 0, 0, 1]],
    ['no numbers', [Number.NaN, Number.POSITIVE_INFINITY, 2]],
    ['a constant', new Array(40).fill(7)],
  ])('takes %s', async (_, values) => {
    const [forecast] = await forecastAssortment([{ id: 'a', values }], AHEAD, method);
    expect(forecast?.mean).toHaveLength(12);
    expect(forecast?.quantiles.size).toBe(LEVELS.length);
    const rows = [forecast?.mean ?? [], ...(forecast?.quantiles.values() ?? [])];
    for (const row of rows) for (const value of row) expect(Number.isFinite(value) && value >= 0).toBe(true);
    for (let step = 0; step < 12; step += 1) {
      const upwards = LEVELS.map((level) => forecast?.quantiles.get(level)?.[step] ?? Number.NaN);
      expect(upwards).toEqual([...upwards].sort((a, b) => a - b));
    }
  });
});

describe('a forecast of an assortment', () => {
  it('says what it changed in a history', async () => {
    const [made] = await forecastAssortment([{ id: 'a', values: [1, -2, undefined, 3] }], AHEAD);
    const notes = made?.notes;
    expect(notes).toEqual(['1 negative value was taken as 0', '1 gap was filled']);
  });

  it('sends sporadic demand to the discounted mean and seasonal demand to exponential smoothing and theta', async () => {
    const forecasts = await forecastAssortment([...sporadic, ...seasonal], AHEAD);
    expect(forecasts.map(({ id }) => id)).toEqual([...sporadic, ...seasonal].map(({ id }) => id));
    const methods = (from: number, to: number) => forecasts.slice(from, to).map(({ method }) => method);
    expect(methods(0, 60).filter((name) => name === 'discounted-mean@1').length).toBeGreaterThan(50);
    expect(methods(60, 72).filter((name) => name === 'ets+theta@1').length).toBeGreaterThan(9);
  });

  it('follows trend and season', async () => {
    for (const forecast of await forecastAssortment(seasonal, AHEAD)) {
      for (const [step, value] of forecast.mean.entries()) {
        const expected = 105 + 60 + step + 30 * Math.sin((Math.PI * (60 + step)) / 6);
        expect(Math.abs(value - expected)).toBeLessThan(20);
      }
    }
  });

  it('does not take a stock-out for low demand', async () => {
    const values = [...new Array(20).fill(10), ...new Array(8).fill(undefined), 10];
    const zeros = values.map((value) => value ?? 0);
    const [gap, zero] = await Promise.all(
      [values, zeros].map(async (one) => (await forecastAssortment([{ id: 'a', values: one }], AHEAD))[0]?.mean[0]),
    );
    expect(gap).toBeGreaterThan(8);
    expect(zero).toBeLessThan(8);
  });

  it.each([
    [{ horizon: 0, seasonLength: 12 }, 'horizon'],
    [{ horizon: 3, seasonLength: 0 }, 'season'],
    [{ horizon: 3, seasonLength: 12, quantiles: [0.55] }, 'quantile 0.55'],
  ])('refuses %j', async (options, said) => {
    await expect(forecastAssortment([], options)).rejects.toThrow(said);
  });
});

describe('no forecast sees its test part', () => {
  it.each(ALL)('$name forecasts the same from a history, whatever comes behind it', async (method) => {
    const whole = [...sporadic, ...seasonal];
    const cut = (later: number) =>
      whole.map(({ id, values }) => ({
        id,
        all: [...values.slice(0, -12), ...values.slice(-12).map((one) => one * later)],
      }));
    const forecast = (later: number) => {
      // The histories are views into memory that also holds the test part: reading on would show.
      const series = cut(later).map(({ id, all }) => {
        const prepared = prepareSeries({ id, values: all }, 12);
        const end = all.length - 12;
        return { ...prepared, values: prepared.values.subarray(0, end), observed: prepared.observed.subarray(0, end) };
      });
      return method.forecast(series, AHEAD);
    };
    expect(await forecast(1)).toEqual(await forecast(100));
  });

  it('fills a gap from what lies before it', () => {
    const { values } = prepareSeries({ id: 'a', values: [4, undefined, 9] }, 12);
    expect([...values]).toEqual([4, 4, 9]);
  });
});

describe('the back-test', () => {
  it('cuts a history at rolling origins and leaves something to learn from', () => {
    expect(backTestCuts(39, 12, 2)).toEqual([
      { end: 27, horizon: 12 },
      { end: 21, horizon: 12 },
    ]);
    expect(backTestCuts(14, 12, 2)).toEqual([{ end: 7, horizon: 7 }]);
    expect(backTestCuts(5, 12, 2)).toEqual([]);
  });

  it('keeps the first method unless another is clearly better over all series together', () => {
    const result = (...losses: number[]) => losses.map((loss) => ({ loss, absolute: 1, windows: 2 }));
    expect(chooseMethod([result(10, 10, 10), result(9.9, 9.9, 9.9)])).toBe(0);
    expect(chooseMethod([result(10, 10, 10), result(8, 8, 8)])).toBe(1);
    expect(chooseMethod([result(10, 10, 10), result(30, 0, 9)])).toBe(0);
  });

  it('gives no series of sporadic demand a method of its own', async () => {
    // One part's demand grew of late: its own back-test would speak for a trend.
    const grown = { id: 'grown', values: [...new Array(20).fill(0), 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0] };
    const made = await forecastAssortment([...sporadic, grown], AHEAD);
    expect(new Set(made.map(({ method }) => method))).toEqual(new Set(['discounted-mean@1']));
  });
});
