import { describe, expect, it } from 'vitest';
import { parseMetrics } from '../support/prometheus-text.ts';
import { type Observer, problemOf } from './observer.ts';

export function operationsContract(observer: Observer): void {
  describe('health', () => {
    const shop = observer.shared();

    it('is alive and ready, and says since when', async () => {
      expect((await shop.box.get('/livez')).body).toEqual({ status: 'ok' });
      const { status, body } = await shop.box.get('/readyz');
      expect([status, body.status, body.reasons]).toEqual([200, 'ready', []]);
    });

    it('exposes metrics that Prometheus can read', async () => {
      await shop.box.order(['HOSE-08']);
      const { headers, text } = await shop.box.get('/metrics');
      expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const families = parseMetrics(text);
      const { body: log } = await shop.box.get('/v1/events');
      expect(families.get('dealeriq_log_events')?.samples).toEqual([
        { name: 'dealeriq_log_events', labels: {}, value: log.head },
      ]);
      expect(families.get('dealeriq_outbox_pending_events')?.samples).toContainEqual(
        expect.objectContaining({ labels: { lane: 'live' }, value: 2 }),
      );
      expect(families.get('dealeriq_http_request_seconds')?.type).toBe('histogram');
      expect([...families.keys()].filter((name) => name.startsWith('dealeriq_'))).toEqual(
        expect.arrayContaining([
          'dealeriq_link_online',
          'dealeriq_dead_letters_open',
          'dealeriq_outbox_oldest_age_seconds',
        ]),
      );
    });
  });

  describe('sync', () => {
    it('counts what waits in each lane, and what the hub and the centre have', async () => {
      const box = await observer.stocked();
      expect((await box.get('/v1/sync')).body).toMatchObject({
        dealerId: 'D042',
        link: { state: 'offline' },
        outbound: { live: { pending: 0, oldestAgeMs: 0 }, bulk: { pending: 0 } },
        ordersWaiting: 0,
        deadLetters: 0,
      });
      await box.order(['HOSE-08', 'SEAL-22']);
      await box.event({ type: 'no.such' });
      const { body } = await box.get('/v1/sync');
      expect(body).toMatchObject({
        outbound: { live: { pending: 4, lastAckedSequence: 0 } },
        ordersWaiting: 1,
        deadLetters: 1,
      });
      if (box.target.acknowledge !== undefined) {
        await box.target.acknowledge('live', 2);
        expect((await box.get('/v1/sync')).body).toMatchObject({
          outbound: { live: { pending: 2, lastAckedSequence: 2 } },
          ordersWaiting: 0,
        });
      }
      await box.close();
    });

    it('stays paused over a restart until it is resumed; orders go on', async () => {
      const box = await observer.stocked();
      expect((await box.send('/v1/sync/pause', { method: 'POST' })).body.link.state).toBe('paused');
      await box.reopen();
      expect((await box.get('/v1/sync')).body.link.state).toBe('paused');
      expect((await box.order(['HOSE-08'])).status).toBe(201);
      expect((await box.send('/v1/sync/resume', { method: 'POST' })).body.link.state).toBe('offline');
      await box.reopen();
      expect((await box.get('/v1/sync')).body.link.state).toBe('offline');
      await box.close();
    });

    it.each(['cross-site', 'same-site'])('is not switched by a page that is %s', async (site) => {
      const box = await observer.empty();
      const answer = await box.send('/v1/sync/pause', { method: 'POST', headers: { 'sec-fetch-site': site } });
      expect([answer.status, problemOf(answer)]).toEqual([403, 'forbidden']);
      expect((await box.get('/v1/sync')).body.link.state).toBe('offline');
      await box.close();
    });
  });

  describe('replay', () => {
    const shop = observer.shared();

    it('is a dry run unless told otherwise', async () => {
      await shop.box.order(['HOSE-08', 'SEAL-22']);
      const { body } = await shop.box.post('/v1/replay', {});
      const { body: log } = await shop.box.get('/v1/events');
      expect(body).toMatchObject({ dryRun: true, into: 'projections', from: 1, to: log.head, events: log.head });
      expect(body.byType).toMatchObject({ 'order.placed': 1, 'dealer.created': 1 });
      expect(body.projections.every((one) => !('sha256' in one))).toBe(true);
    });

    it('derives the same read models from the whole log, aside and in place', async () => {
      for (const into of ['evaluation', 'projections']) {
        const { status, body } = await shop.box.post('/v1/replay', { into, dryRun: false });
        expect(status).toBe(200);
        expect(body.projections.map((one) => [one.name, one.same])).toEqual(
          body.projections.map((one) => [one.name, true]),
        );
        expect(body.projections.find((one) => one.name === 'orders')?.rows).toBe(1);
      }
    });

    it('evaluates a part of the log, by position and by time', async () => {
      const { body: before } = await shop.box.get('/v1/events');
      await shop.box.order(['HOSE-08']);
      const { body } = await shop.box.post('/v1/replay', {
        from: { position: before.head + 1 },
        into: 'evaluation',
        projections: ['orders', 'stock'],
        dryRun: false,
      });
      expect(body).toMatchObject({
        events: 2,
        projections: [
          { name: 'orders', rows: 1 },
          { name: 'stock', rows: 1 },
        ],
      });
      const early = await shop.box.post('/v1/replay', { to: { time: '2000-01-01T00:00:00Z' }, into: 'evaluation' });
      expect(problemOf(early)).toBe('validation-failed');
      const all = await shop.box.post('/v1/replay', { from: { time: '2000-01-01T00:00:00Z' }, into: 'evaluation' });
      expect(all.body.events).toBe(before.head + 2);
    });

    it.each([
      ['a part into the live read models', { from: { position: 2 }, into: 'projections', dryRun: false }],
      ['a read model that there is not', { projections: ['weather'] }],
      ['a stretch that ends before it starts', { from: { position: 5 }, to: { position: 4 }, into: 'evaluation' }],
      ['a stretch after the log', { from: { position: 1e9 }, into: 'evaluation' }],
      ['a negative position', { from: { position: -1 } }],
      ['a time that is none', { to: { time: 'noon' } }],
    ])('refuses %s', async (_what, request) => {
      expect(problemOf(await shop.box.post('/v1/replay', request))).toBe('validation-failed');
    });
  });
}
