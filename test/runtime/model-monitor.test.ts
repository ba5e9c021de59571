import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventData, EventType } from '../../src/events/catalog.ts';
import { ModelMeter } from '../../src/pipelines/model-meter.ts';
import { isDistrusted, monitorModels } from '../../src/pipelines/monitor-models.ts';
import { periodOf } from '../../src/pipelines/periods.ts';
import type { PipelineContext } from '../../src/pipelines/pipeline.ts';
import { ProductVectors } from '../../src/pipelines/product-vectors.ts';
import { type DemandHistory, readDemand } from '../../src/pipelines/read-demand.ts';
import { watchVectors } from '../../src/pipelines/vector-drift.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { payload, product } from '../support/facts.ts';

const WEEK_MS = 7 * 86_400_000;
const SKUS = 30;
const VERSION = 'forecast-router-2';

let box: EdgeBox;
beforeEach(async () => {
  box = await openShop({});
  demand = undefined;
});
afterEach(() => box.dispose());

const contextOf = (): PipelineContext =>
  ({
    ports: box.runtime.ports,
    store: box.store,
    publish: async (facts: { type: string; data: unknown }[]) => {
      await box.runtime.execute('publish-facts', { facts });
    },
  }) as unknown as PipelineContext;

const forecast = () => {
  const forecaster = { forecast: async () => [] };
  return { forecaster, version: VERSION, fallback: { forecaster, version: 'forecast-plain-1' } };
};
const monitor = (more: Partial<Parameters<typeof monitorModels>[0]> = {}) => {
  const meter = more.meter ?? new ModelMeter(() => Date.now());
  return monitorModels({ deviceId: 'B1', meter, forecast, demand: () => demand, ...more });
};
/** What the last run of the forecasts saw. */
let demand: DemandHistory | undefined;
const readNow = async () => {
  demand = await readDemand(box.store, Date.now());
};
const told = async <Type extends EventType>(type: Type): Promise<EventData<Type>[]> =>
  (await box.rows('SELECT data FROM events WHERE type = ? ORDER BY position', type)).map(
    (row) => JSON.parse(String(row.data)) as EventData<Type>,
  );

/** Sales over the counter of each SKU, `weeksAgo` weeks ago. */
async function sold(weeksAgo: number, quantityOf: (sku: number) => number): Promise<void> {
  const occurredAt = new Date(Date.now() - weeksAgo * WEEK_MS).toISOString();
  for (let sku = 0; sku < SKUS; sku += 1) {
    await box.receive(
      'inventory.changed',
      payload('inventory.changed', {
        sku: `S-${sku}`,
        movement: { kind: 'sell', quantity: quantityOf(sku) },
        onHand: 1000,
        reserved: 0,
        available: 1000,
        backordered: 0,
        version: 1000 - weeksAgo,
        occurredAt,
      }),
    );
  }
}

/** How far the forecasts of each SKU were off in the week `weeksAgo` weeks ago. */
async function erred(weeksAgo: number, absoluteError: number): Promise<void> {
  const periodStart = periodOf(Date.now() - weeksAgo * WEEK_MS, 'week');
  const facts = Array.from({ length: SKUS }, (_, sku) => ({
    type: 'forecast.error.reported',
    data: payload('forecast.error.reported', {
      sku: `S-${sku}`,
      periodStart,
      absoluteError,
      stockedOut: false,
      model: { task: 'forecast', version: VERSION },
    }),
  }));
  await box.runtime.execute('publish-facts', { facts });
}

describe('the monitor of models', () => {
  test('reports requests, failures and times of each version once, and nothing where nothing was asked', async () => {
    let now = 1000;
    const meter = new ModelMeter(() => now);
    const model = { task: 'recommendation', version: 'recommender-1' };
    for (const ms of [2, 4, 90]) {
      await meter.observe(model, async () => {
        now += ms;
      });
    }
    await expect(meter.observe(model, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const pipeline = monitor({ meter });
    await pipeline.run(contextOf());
    await pipeline.run(contextOf());
    const reports = await told('model.performance.reported');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ model, deviceId: 'B1', requests: 4, errors: 1, latencyMs: { max: 90 } });
  });

  test('takes a version that fails out of service', async () => {
    const meter = new ModelMeter(() => Date.now());
    const model = { task: 'embedding', version: 'encoder-2' };
    for (let at = 0; at < 40; at += 1) {
      const run = () => (at % 10 === 0 ? Promise.reject(new Error('broken')) : Promise.resolve());
      await meter.observe(model, run).catch(() => undefined);
    }
    const out: string[] = [];
    await monitor({ meter, rollBack: async ({ version }, reason) => void out.push(`${version}: ${reason}`) }).run(
      contextOf(),
    );
    expect(out).toEqual(['encoder-2: It failed 4 of 40 requests.']);
  });

  test('finds demand that has moved, tells of it once, and sums it up for the centre', async () => {
    for (let week = 14; week >= 1; week -= 1) await sold(week, (sku) => 1 + (sku % 5) + (week <= 4 ? 40 : 0));
    await readNow();
    const pipeline = monitor();
    await pipeline.run(contextOf());
    await pipeline.run(contextOf());
    const drift = await told('model.drift.detected');
    expect(drift).toHaveLength(1);
    expect(drift[0]).toMatchObject({ kind: 'input', severity: 'critical', model: { version: VERSION } });
    const alerts = await told('drift.alert');
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ action: 'retrain', affectedModels: [VERSION], driftIds: [drift[0]?.driftId] });
    // Other demand is no reason to distrust a model whose errors nobody has seen grow.
    expect(await isDistrusted(box.store, VERSION)).toBe(false);
  });

  test('says nothing of demand that is as before', async () => {
    for (let week = 14; week >= 1; week -= 1) await sold(week, (sku) => 1 + ((sku + week) % 5));
    await readNow();
    await monitor().run(contextOf());
    expect(await told('model.drift.detected')).toEqual([]);
    expect(await told('drift.alert')).toEqual([]);
  });

  test('distrusts a model whose errors have grown, and names what answers instead', async () => {
    for (let week = 14; week >= 1; week -= 1) await sold(week, (sku) => 1 + ((sku + week) % 5));
    await readNow();
    await erred(10, 1);
    await erred(9, 1.2);
    await erred(1, 6);
    await monitor().run(contextOf());
    const [drift] = await told('model.drift.detected');
    expect(drift).toMatchObject({ kind: 'error', severity: 'critical', fallback: 'forecast-plain-1' });
    expect(await isDistrusted(box.store, VERSION)).toBe(true);
    expect(await isDistrusted(box.store, 'forecast-router-3')).toBe(false);
  });

  test('has vectors that do not fit the model made again, and tells of them', async () => {
    const sha256 = 'a'.repeat(64);
    await box.receive('product.updated', product('P-1'));
    const vectors = new ProductVectors(box.store);
    const [pending] = await vectors.pending(sha256, 1);
    if (pending === undefined) throw new Error('There is no product.');
    await vectors.write(sha256, [pending], [new Float32Array(3)]);
    const others = (await vectors.pending(sha256, 100)).length;
    const serving = { model: { name: 'embedding', version: 'encoder-2', sha256 }, dimensions: 4 };
    await monitor({ vectors: watchVectors(vectors, () => serving) }).run(contextOf());
    const [alert] = await told('embedding.drift.alert');
    expect(alert).toMatchObject({ kind: 'dimension-mismatch', expectedDimension: 4, actualDimension: 3 });
    expect(await vectors.pending(sha256, 100)).toHaveLength(others + 1);
  });

  test('has vectors made again when what came lately lies elsewhere', async () => {
    const sha256 = 'b'.repeat(64);
    const old = new Date(Date.now() - 10 * WEEK_MS).toISOString();
    for (let at = 0; at < 130; at += 1) {
      const time = at < 70 ? old : new Date().toISOString();
      await box.receive('product.updated', product(`P-${at}`), { attributes: { time } });
    }
    const vectors = new ProductVectors(box.store);
    const pending = await vectors.pending(sha256, 500);
    const made = pending.map(({ sku }) => {
      const isOld = !sku.startsWith('P-') || Number(sku.slice(2)) < 70;
      return Float32Array.from(isOld ? [1, 0, 0, 0] : [0, 1, 0, 0]);
    });
    await vectors.write(sha256, pending, made);
    const serving = { model: { name: 'embedding', version: 'encoder-2', sha256 }, dimensions: 4 };
    const pipeline = monitor({ vectors: watchVectors(vectors, () => serving) });
    await pipeline.run(contextOf());
    expect(await told('embedding.drift.alert')).toMatchObject([{ kind: 'centroid-shift', collection: 'products' }]);
    expect(await vectors.pending(sha256, 500)).toHaveLength(pending.length);
    await pipeline.run(contextOf());
    expect(await told('embedding.drift.alert')).toHaveLength(1);
  });
});
