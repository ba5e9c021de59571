import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localModels } from '../../edge/advice/local-models.ts';
import { type EdgeBox, openShop } from '../../test/support/edge-box.ts';
import { payload, product, promotion } from '../../test/support/facts.ts';
import type { ForecastGenerated } from '../events/ml/forecast.ts';
import type { RecommenderOutput } from '../events/ml/recommender.ts';
import { type Advice, type AdviceModels, startAdvice } from '../runtime/advice.ts';

const NOW_MS = Date.parse('2026-11-10T08:00:00.000Z');

let nowMs = NOW_MS;
let box: EdgeBox;
let advice: Advice;
const reported: unknown[] = [];

function begin(models: AdviceModels = localModels): Advice {
  return startAdvice({
    runtime: box.runtime,
    models,
    policy: { leadTimeDays: 5, serviceLevel: 0.95 },
    codeVersion: 'test',
    // Tests say themselves what runs, and when.
    firstAfterMs: 1e12,
    report: (error) => reported.push(error),
  });
}

/** One order of the past, as an import of history brings it. */
async function ordered(orderId: string, placedAt: string, lines: Readonly<Record<string, number>>): Promise<void> {
  const [line] = payload('order.placed').lines;
  if (line === undefined) throw new Error('The example has no line.');
  await box.receive(
    'order.placed',
    payload('order.placed', {
      orderId,
      orderNumber: orderId,
      placedAt,
      lines: Object.entries(lines).map(([sku, quantity], index) => ({
        ...line,
        lineNumber: index + 1,
        sku,
        quantity,
        reserved: quantity,
        backordered: 0,
      })),
    }),
    { history: true },
  );
}

/** Ten bolts and two filters each month of the last two years. */
async function twoYears(): Promise<void> {
  for (let month = 0; month < 24; month += 1) {
    const at = new Date(Date.UTC(2024, 10 + month, 1, 9)).toISOString();
    await ordered(`O-${month}`, at, { BOLT: 10, FILTER: month % 3 === 0 ? 6 : 0.5 > month % 2 ? 2 : 1 });
  }
}

beforeEach(async () => {
  nowMs = NOW_MS;
  reported.length = 0;
  box = await openShop({ BOLT: 1, FILTER: 500, NUT: 20 }, { clock: { nowMs: () => nowMs } });
});
afterEach(async () => {
  await advice?.close();
  await box.dispose();
});

const forecastOf = async (sku: string) => {
  const [row] = await box.rows('SELECT snapshot FROM forecasts WHERE sku = ?', sku);
  return row === undefined ? undefined : (JSON.parse(String(row.snapshot)) as ForecastGenerated);
};
const suggestionsOf = async (kind: string) => {
  const [row] = await box.rows('SELECT snapshot FROM suggestions WHERE kind = ?', kind);
  return row === undefined ? [] : (JSON.parse(String(row.snapshot)) as RecommenderOutput).items;
};
const countOf = async (type: string) =>
  Number((await box.rows('SELECT count(*) AS n FROM events WHERE type = ?', type))[0]?.n);

describe('forecasting demand from the log', () => {
  test('forecasts months ahead from two years of orders, without the month that is not over', async () => {
    await twoYears();
    await ordered('O-now', '2026-11-05T09:00:00.000Z', { BOLT: 900 });
    advice = begin();
    expect(await advice.run('forecast-demand')).toMatchObject({ state: 'waiting' });
    const forecast = await forecastOf('BOLT');
    expect(forecast).toMatchObject({ granularity: 'month', history: { to: '2026-10-31', periods: 24 } });
    expect(forecast?.points.map(({ periodStart }) => periodStart).slice(0, 2)).toEqual(['2026-11-01', '2026-12-01']);
    for (const { q10, q50, q90 } of forecast?.points ?? []) {
      expect(q50).toBeCloseTo(10, 0);
      expect(q10).toBeLessThanOrEqual(q50);
      expect(q90).toBeGreaterThanOrEqual(q50);
    }
    expect(advice.history('BOLT').at(-1)).toEqual({ periodStart: '2026-10-01', quantity: 10 });
  });

  test('counts no order that was cancelled or rejected', async () => {
    await twoYears();
    for (const [orderId, type] of [
      ['O-wrong', 'order.cancelled'],
      ['O-refused', 'order.rejected'],
    ] as const) {
      await ordered(orderId, '2026-10-20T09:00:00.000Z', { BOLT: 5000 });
      await box.receive(type, payload(type, { orderId }), { history: true });
    }
    advice = begin();
    await advice.run('forecast-demand');
    expect(advice.history('BOLT').at(-1)).toEqual({ periodStart: '2026-10-01', quantity: 10 });
  });

  test('counts by the week while there are only some months of history', async () => {
    for (let week = 0; week < 12; week += 1) {
      await ordered(`W-${week}`, new Date(NOW_MS - (12 - week) * 7 * 86_400_000).toISOString(), { BOLT: 4 });
    }
    advice = begin();
    await advice.run('forecast-demand');
    expect(await forecastOf('BOLT')).toMatchObject({ granularity: 'week', points: { length: 8 } });
  });

  test('publishes nothing new while nothing has changed', async () => {
    await twoYears();
    advice = begin();
    await advice.run('forecast-demand');
    const before = await countOf('forecast.generated');
    await advice.run('forecast-demand');
    expect(before).toBe(2);
    expect(await countOf('forecast.generated')).toBe(before);
  });

  test('says once how far a forecast was off when its month has closed', async () => {
    await twoYears();
    advice = begin();
    await advice.run('forecast-demand');
    await ordered('O-late', '2026-11-20T09:00:00.000Z', { BOLT: 25 });
    nowMs = Date.parse('2026-12-02T08:00:00.000Z');
    await advice.run('forecast-demand');
    await advice.run('forecast-demand');
    const [row, ...more] = await box.rows("SELECT * FROM forecast_errors WHERE sku = 'BOLT'");
    expect(more).toEqual([]);
    expect(row).toMatchObject({ period_start: '2026-11-01', covered: 0 });
    expect(Number(row?.absolute_error)).toBeCloseTo(15, 0);
    expect(await countOf('forecast.error.reported')).toBe(2);
  });

  test('forecasts nothing, and fails not, on an empty log', async () => {
    advice = begin();
    expect(await advice.run('forecast-demand')).toMatchObject({ state: 'waiting' });
    expect(await countOf('forecast.generated')).toBe(0);
  });
});

describe('suggesting orders', () => {
  test('suggests what has fallen below its reorder point, in a quantity that can be ordered', async () => {
    await box.receive('product.updated', product('BOLT', { quantityRules: { minimum: 8, increment: 8 }, version: 9 }));
    await twoYears();
    advice = begin();
    await advice.run('forecast-demand');
    await advice.run('recommend-orders');
    const [first] = await suggestionsOf('reorder');
    expect(first).toMatchObject({ sku: 'BOLT', reasonCode: 'below-reorder-point', evidence: { available: 1 } });
    expect((first?.quantity ?? 1) % 8).toBe(0);
    expect(first?.reason).toMatch(/^1 available; order at \d+ or fewer/);
  });

  test('leaves a dismissed product alone', async () => {
    await twoYears();
    advice = begin();
    await advice.run('forecast-demand');
    await box.runtime.execute('submit-feedback', {
      target: { kind: 'recommendation', id: 'REC-1' },
      signal: 'dismissed',
      sku: 'BOLT',
    });
    await advice.run('recommend-orders');
    expect((await suggestionsOf('reorder')).map(({ sku }) => sku)).not.toContain('BOLT');
  });

  test('suggests the successor of what is no longer made, and what is on promotion', async () => {
    await twoYears();
    await box.receive('product.updated', product('FILTER-2', { name: 'Filter, new' }));
    await box.receive(
      'product.updated',
      product('FILTER', { status: 'discontinued', supersededBy: 'FILTER-2', version: 9 }),
    );
    await box.receive('promotion.activated', promotion('NUTS', { skus: ['NUT'], name: 'Nuts in November' }));
    advice = begin();
    await advice.run('recommend-orders');
    const found = new Map((await suggestionsOf('discovery')).map((item) => [item.sku, item]));
    expect(found.get('FILTER-2')).toMatchObject({ reasonCode: 'substitute' });
    expect(found.get('NUT')?.reason).toContain('Nuts in November: 10 % off until 2026-11-30');
  });
});

describe('a run that fails', () => {
  const broken: AdviceModels = {
    ...localModels,
    forecast: () => ({
      version: 'broken-1',
      forecaster: {
        forecast: async () => {
          throw new Error('the model is damaged');
        },
      },
    }),
  };

  test('leaves the last forecast, opens one incident, and the next good run closes it', async () => {
    await twoYears();
    let damaged = false;
    advice = begin({ ...localModels, forecast: () => (damaged ? broken : localModels).forecast() });
    await advice.run('forecast-demand');
    damaged = true;
    expect(await advice.run('forecast-demand')).toMatchObject({ state: 'failed', lastError: 'the model is damaged' });
    await advice.run('forecast-demand');
    expect(reported).toHaveLength(2);
    expect(await countOf('ml.pipeline.failed')).toBe(2);
    expect(await box.rows('SELECT resolved_at FROM incidents')).toEqual([{ resolved_at: null }]);
    expect(await forecastOf('BOLT')).toBeDefined();
    damaged = false;
    await advice.run('forecast-demand');
    expect(await box.rows('SELECT resolution FROM incidents')).toEqual([{ resolution: 'recovered' }]);
  });

  test('does not keep an order from being taken', async () => {
    await twoYears();
    advice = begin(broken);
    const run = advice.run('forecast-demand');
    const placed = await box.runtime.execute('place-order', { lines: [{ sku: 'NUT', quantity: 2 }] });
    await run;
    expect(placed.events[0]?.type).toBe('order.placed');
  });
});

test('a rebuild from the log gives the same forecasts, suggestions, runs and incidents', async () => {
  await twoYears();
  advice = begin();
  await advice.run('forecast-demand');
  await advice.run('recommend-orders');
  const tables = ['forecasts', 'forecast_errors', 'suggestions', 'pipeline_runs', 'incidents'];
  const dump = () => Promise.all(tables.map((table) => box.rows(`SELECT * FROM ${table} ORDER BY 1`)));
  const before = await dump();
  await box.runtime.rebuild();
  expect(await dump()).toEqual(before);
});
