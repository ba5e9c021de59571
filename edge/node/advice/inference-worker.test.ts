import { afterEach, describe, expect, test } from 'vitest';
import { type Advice, type PipelineState, startAdvice } from '../../../src/runtime/advice.ts';
import { type EdgeBox, openShop } from '../../../test/support/edge-box.ts';
import { payload } from '../../../test/support/facts.ts';
import { localModels } from '../../advice/local-models.ts';
import { type InferenceOptions, InferenceWorker } from './inference-worker.ts';

const OPTIONS = { horizon: 6, seasonLength: 12, quantiles: [0.1, 0.5, 0.9] } as const;
const LINE = { id: 'BOLT', values: [3, 4, 5, 3, 4, 5, 3, 4, 5, 3, 4, 5] };

let worker: InferenceWorker;
const begin = (options: InferenceOptions = {}) => {
  worker = new InferenceWorker(options);
  return worker.models.forecast().forecaster;
};
/** A thread with this program in place of ours. */
const thread = (program: string) =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${program}`)}`);

afterEach(() => worker.close());

describe('models on a thread of their own', () => {
  test('answer as they do on the calling thread', async () => {
    const forecaster = begin();
    expect(await forecaster.forecast([LINE], OPTIONS)).toEqual(
      await localModels.forecast().forecaster.forecast([LINE], OPTIONS),
    );
    const question = {
      customer: 'D042',
      baskets: [1, 30, 60, 90].map((day) => ({ day, lines: [{ item: 'BOLT', quantity: 10 }] })),
      dismissals: [],
      at: '1970-05-01T00:00:00.000Z',
      limit: 5,
    };
    expect(await worker.models.recommend.recommend(question)).toEqual(await localModels.recommend.recommend(question));
  });

  test('leave the calling thread free while they compute', async () => {
    const forecaster = begin();
    await forecaster.forecast([LINE], OPTIONS);
    const many = Array.from({ length: 2000 }, (_, index) => ({ ...LINE, id: `S${index}` }));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await forecaster.forecast(many, OPTIONS);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test.each([
    ['nothing', []],
    ['one point', [7]],
    ['nothing observed', [undefined, undefined, undefined]],
    ['zeros alone', Array.from({ length: 24 }, () => 0)],
    ['negatives', [-3, -5, 2, -1, 0, 4, -2, 3, 1, 0, -9, 2]],
    ['gaps', [5, undefined, undefined, 6, undefined, 4, 5, undefined, 6, undefined, undefined, 5]],
    ['what is no number', [1, Number.NaN, 3, Number.POSITIVE_INFINITY, 5, 1, 2, 3]],
    ['an outlier', [2, 3, 2, 3, 1e12, 2, 3, 2, 3, 2, 3, 2, 3, 2]],
    ['many periods', Array.from({ length: 5000 }, (_, index) => index % 17)],
  ])('forecast a series with %s, in order and at or above zero', async (_, values) => {
    const [forecast, ...more] = await begin().forecast([{ id: 'ODD', values }, LINE], OPTIONS);
    expect(more.map(({ id }) => id)).toEqual(['BOLT']);
    for (let step = 0; step < OPTIONS.horizon; step += 1) {
      const [low = -1, middle = -1, high = -1] = OPTIONS.quantiles.map(
        (level) => forecast?.quantiles.get(level)?.[step],
      );
      expect(low).toBeGreaterThanOrEqual(0);
      expect(middle).toBeGreaterThanOrEqual(low - 1e-6);
      expect(high).toBeGreaterThanOrEqual(middle - 1e-6);
      expect(Number.isFinite(high)).toBe(true);
    }
  });

  test('refuse with the words of the model what it cannot do, and go on', async () => {
    const forecaster = begin();
    await expect(forecaster.forecast([LINE], { ...OPTIONS, horizon: 0 })).rejects.toThrow(
      'The horizon is a whole number',
    );
    expect(await forecaster.forecast([LINE], OPTIONS)).toHaveLength(1);
  });

  test('refuse what was asked when the thread throws, ends or takes too long', async () => {
    await expect(
      begin({ module: thread("parentPort.on('message', () => { throw new Error('broken tensor'); })") }).forecast(
        [LINE],
        OPTIONS,
      ),
    ).rejects.toThrow('broken tensor');
    await expect(
      begin({ module: thread("parentPort.on('message', () => process.exit(3))") }).forecast([LINE], OPTIONS),
    ).rejects.toThrow('ended with code 3');
    await expect(
      begin({ module: thread("parentPort.on('message', () => { for (;;); })"), limitMs: 200 }).forecast(
        [LINE],
        OPTIONS,
      ),
    ).rejects.toThrow('no answer to "forecast" in 0.2 s');
  });

  test('are asked again on a new thread after the last one ended', async () => {
    const first = `parentPort.on('message', ({ id, ask }) => {
      if (ask.histories.length === 2) process.exit(1);
      parentPort.postMessage({ id, result: [] });
    })`;
    const forecaster = begin({ module: thread(first) });
    await expect(forecaster.forecast([LINE, LINE], OPTIONS)).rejects.toThrow('ended with code 1');
    expect(await forecaster.forecast([LINE], OPTIONS)).toEqual([]);
  });

  test('are refused at once when the box stops', async () => {
    const answered = begin({ module: thread("parentPort.on('message', () => { for (;;); })") }).forecast(
      [LINE],
      OPTIONS,
    );
    const refused = expect(answered).rejects.toThrow('The box is stopping');
    await worker.close();
    await refused;
  });
});

describe('a box whose models crash', () => {
  let box: EdgeBox;
  let advice: Advice;
  afterEach(async () => {
    await advice.close();
    await box.dispose();
  });

  test('takes orders, opens an incident, and forecasts once the models are well again', async () => {
    box = await openShop({ BOLT: 500 });
    for (let week = 1; week <= 10; week += 1) {
      const occurredAt = new Date(Date.now() - week * 7 * 86_400_000).toISOString();
      const movement = { kind: 'sell', quantity: 5 } as const;
      const data = payload('inventory.changed', { sku: 'BOLT', movement, occurredAt, version: 100 - week });
      await box.receive('inventory.changed', data, { history: true });
    }
    begin({ module: thread("parentPort.on('message', () => process.exit(9))") });
    const well = new InferenceWorker();
    let models = worker.models;
    advice = startAdvice({
      runtime: box.runtime,
      models: { ...localModels, forecast: () => models.forecast() },
      policy: { leadTimeDays: 5, serviceLevel: 0.95 },
      codeVersion: 'test',
      firstAfterMs: 1e12,
      report: () => undefined,
    });
    const run: Promise<PipelineState> = advice.run('forecast-demand');
    const { events } = await box.runtime.execute('place-order', { lines: [{ sku: 'BOLT', quantity: 2 }] });
    expect(events[0]?.type).toBe('order.placed');
    expect(await run).toMatchObject({ state: 'failed', lastError: expect.stringContaining('ended with code 9') });
    expect(await box.rows('SELECT resolved_at FROM incidents')).toEqual([{ resolved_at: null }]);
    models = well.models;
    expect(await advice.run('forecast-demand')).toMatchObject({ state: 'waiting' });
    expect(await box.rows('SELECT resolution FROM incidents')).toEqual([{ resolution: 'recovered' }]);
    expect(await box.rows('SELECT sku FROM forecasts')).toEqual([{ sku: 'BOLT' }]);
    await well.close();
  });
});
