import { describe, expect, it } from 'vitest';
import { payload } from '../support/facts.ts';
import { fromCentre } from '../support/http-target.ts';
import { type Observer, problemOf } from './observer.ts';

const WEEK_MS = 7 * 86_400_000;

/** So many pieces sold over the counter in each of the last weeks. */
function sales(sku: string, quantities: readonly number[]) {
  return quantities.map((quantity, index) => {
    const occurredAt = new Date(Date.now() - (quantities.length - index) * WEEK_MS).toISOString();
    const onHand = 100 - index;
    return fromCentre(
      'inventory.changed',
      payload('inventory.changed', {
        sku,
        movement: { kind: 'sell', quantity },
        onHand,
        reserved: 0,
        available: onHand,
        backordered: 0,
        version: 100 + index,
        occurredAt,
      }),
    );
  });
}

type Shop = ReturnType<Observer['shared']>;

/** Starts a run and waits until it is over. */
async function run({ box }: Shop, name: string): Promise<void> {
  const runs = async () => {
    const { body } = await box.get('/v1/pipelines');
    return body.items.find((one) => one.name === name);
  };
  const before = Number((await runs())?.runs ?? 0);
  expect((await box.post(`/v1/pipelines/${name}/run`, {})).status).toBe(202);
  await expect
    .poll(async () => {
      const now = await runs();
      return now?.state === 'waiting' && Number(now.runs) > before;
    })
    .toBe(true);
}

export function adviceContract(observer: Observer): void {
  describe('forecasts and suggestions', () => {
    const shop = observer.shared();

    it('says in words that there is no forecast yet, or no such product', async () => {
      const none = await shop.box.get('/v1/forecasts/HOSE-08');
      expect([none.status, problemOf(none)]).toEqual([404, 'not-found']);
      expect(none.body.detail).toContain('no forecast of HOSE-08 yet');
      expect((await shop.box.get('/v1/forecasts/NO-SUCH')).body.detail).toContain('no product NO-SUCH');
      expect((await shop.box.get('/v1/recommendations')).body).toEqual({ items: [] });
      expect((await shop.box.get('/v1/incidents')).body).toEqual({ items: [] });
    });

    it('forecasts from what was sold, and says when to order', async () => {
      for (const event of sales('HOSE-08', [3, 4, 5, 4, 3, 4, 5, 4, 3, 4])) {
        const { status } = await shop.box.post('/v1/events', event, { 'content-type': 'application/cloudevents+json' });
        expect(status).toBeLessThan(300);
      }
      await run(shop, 'forecast-demand');
      const { status, body } = await shop.box.get('/v1/forecasts/HOSE-08');
      expect(status).toBe(200);
      expect(body).toMatchObject({ sku: 'HOSE-08', granularity: 'week', model: { task: 'forecast' } });
      expect(body.points).toHaveLength(8);
      expect(body.history.length).toBeGreaterThanOrEqual(9);
      expect(body.replenishment.orderUpTo).toBeGreaterThan(body.replenishment.reorderPoint);
    });

    it('suggests what is low, and no more once it is dismissed', async () => {
      const low = fromCentre(
        'inventory.changed',
        payload('inventory.changed', {
          sku: 'HOSE-08',
          movement: { kind: 'adjust', quantity: -90 },
          onHand: 0,
          reserved: 0,
          available: 0,
          backordered: 0,
          version: 500,
          occurredAt: new Date().toISOString(),
        }),
      );
      await shop.box.post('/v1/events', low, { 'content-type': 'application/cloudevents+json' });
      await run(shop, 'recommend-orders');
      const { body } = await shop.box.get('/v1/recommendations?kind=reorder&limit=5');
      const [first] = body.items;
      expect(first).toMatchObject({ rank: 1, sku: 'HOSE-08', kind: 'reorder', reasonCode: 'below-reorder-point' });
      await shop.box.post('/v1/feedback', {
        target: { kind: 'recommendation', id: first?.recommendationId },
        signal: 'dismissed',
        sku: 'HOSE-08',
      });
      const after = await shop.box.get('/v1/recommendations?kind=reorder');
      expect(after.body.items.map(({ sku }) => sku)).not.toContain('HOSE-08');
    });

    it('counts runs and their time for Prometheus', async () => {
      const { text } = await shop.box.get('/metrics');
      expect(text).toMatch(/^dealeriq_pipeline_runs_total\{pipeline="forecast-demand"\} 1$/m);
      expect(text).toMatch(/^dealeriq_pipeline_failures_total\{pipeline="forecast-demand"\} 0$/m);
      expect(text).toMatch(/^dealeriq_pipeline_last_run_seconds\{pipeline="forecast-demand"\} \d/m);
    });

    it('knows its pipelines by name', async () => {
      const answer = await shop.box.post('/v1/pipelines/no-such/run', {});
      expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
    });
  });
}
