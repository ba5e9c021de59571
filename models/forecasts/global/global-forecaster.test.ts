import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCard } from '../../core/registry/card.ts';
import { LEVELS } from '../method.ts';
import { prepareSeries, before as upTo } from '../prepare-series.ts';
import { createGlobalForecaster, type GlobalForecaster } from './global-forecaster.ts';

const FOLDER = new URL('../artefact/', import.meta.url);
const model = readFileSync(new URL('model.onnx', FOLDER));
const card = readCard(readFileSync(new URL('model.json', FOLDER), 'utf8'), 'model.json');
const AHEAD = { horizon: 12, seasonLength: 12 };

/** Sixty months with a season, a trend and a wobble that is the same in every run. */
const seasonal = Array.from(
  { length: 60 },
  (_, at) => 100 + at + 40 * Math.sin((Math.PI * at) / 6) + ((at * 7919) % 11) - 5,
);
const series = (values: readonly (number | undefined)[]) => prepareSeries({ id: 'a', values }, AHEAD.seasonLength);

describe('the global forecaster', () => {
  let global: GlobalForecaster;

  beforeAll(async () => {
    global = await createGlobalForecaster({ model, card });
  });
  afterAll(() => global?.close());

  it('is the one that its card describes, in at most 2 MB', () => {
    expect(global.version).toBe(card.version);
    expect(model.length).toBeLessThanOrEqual(2_000_000);
  });

  it('follows a season and a trend closer than the same month of last year', async () => {
    const [made] = await global.forecast([upTo(series(seasonal), 48)], AHEAD);
    const actual = seasonal.slice(48);
    const errorOf = (values: readonly number[]) =>
      values.reduce((sum, value, step) => sum + Math.abs(value - (actual[step] ?? 0)), 0);
    expect(errorOf(made?.quantiles[4] ?? [])).toBeLessThan(0.7 * errorOf(seasonal.slice(36, 48)));
  });

  it.each([
    ['nothing', []],
    ['one point', [5]],
    ['only zeros', new Array(30).fill(0)],
    ['gaps', [1, undefined, 3, undefined, undefined, 4, 2, 5, undefined]],
    ['returns', [3, -2, 4, -9, 0, 2, 1, 3]],
    ['an outlier', [1, 0, 2, 1, 1e12, 0, 1, 2, 0, 1, 1, 1, 2, 0, 0, 1]],
  ])('takes %s, and its quantiles do not cross', async (_, values) => {
    const [made] = await global.forecast([series(values)], AHEAD);
    expect(made?.mean).toHaveLength(12);
    for (let step = 0; step < 12; step += 1) {
      const row = LEVELS.map((_, level) => made?.quantiles[level]?.[step] ?? Number.NaN);
      expect(row.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      expect(row).toEqual(row.toSorted((a, b) => a - b));
    }
  });

  it('forecasts a series alike alone, among others, and whatever comes behind it', async () => {
    const many = Array.from({ length: 800 }, (_, at) => series(seasonal.map((value) => value * (1 + at))));
    const [alone] = await global.forecast([upTo(series(seasonal), 48)], AHEAD);
    const whole = await global.forecast([...many, upTo(series([...seasonal.slice(0, 48), 9e5, 9e5]), 48)], AHEAD);
    for (const [level, row] of (whole.at(-1)?.quantiles ?? []).entries()) {
      for (const [step, value] of row.entries()) expect(value).toBeCloseTo(alone?.quantiles[level]?.[step] ?? -1, 2);
    }
  });

  it('is refused when its file is cut, is no network, or is of another task', async () => {
    const short = model.subarray(0, 1000);
    await expect(createGlobalForecaster({ model: short, card })).rejects.toMatchObject({ code: 'artefact-truncated' });
    await expect(createGlobalForecaster({ model, card: { ...card, task: 'embedding' } })).rejects.toMatchObject({
      code: 'model-mismatch',
    });
    const encoder = new URL('../../embeddings/artefact/', import.meta.url);
    const other = readCard(readFileSync(new URL('model.json', encoder), 'utf8'), 'model.json');
    await expect(
      createGlobalForecaster({
        model: readFileSync(new URL('model.onnx', encoder)),
        card: { ...other, task: 'forecast' },
      }),
    ).rejects.toMatchObject({ code: 'model-mismatch' });
  });
});
