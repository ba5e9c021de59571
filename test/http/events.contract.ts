import { describe, expect, it } from 'vitest';
import type { Body, Observer } from './observer.ts';
import { problemOf } from './observer.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

export function eventsContract(observer: Observer): void {
  describe('the log', () => {
    const shop = observer.shared();

    it('pages through everything in order, without a gap', async () => {
      await shop.box.order(['HOSE-08', 'SEAL-22']);
      const positions: number[] = [];
      let after = 0;
      for (;;) {
        const { body } = await shop.box.get(`/v1/events?after=${after}&limit=7`);
        positions.push(...body.items.map((event) => event.position));
        if (body.items.length === 0) {
          expect(after).toBe(body.head);
          break;
        }
        after = body.next;
      }
      expect(positions).toEqual(positions.map((_position, index) => index + 1));
    });

    it('filters by one type, by several and by subject', async () => {
      const { body: order } = await shop.box.order(['HOSE-08']);
      const types = async (query: string) => {
        const { body } = await shop.box.get(`/v1/events?limit=500&${query}`);
        return new Set(body.items.map((event) => event.type));
      };
      expect(await types('type=order.placed')).toEqual(new Set(['order.placed']));
      expect(await types('type=order.placed,price.changed')).toEqual(new Set(['order.placed', 'price.changed']));
      expect(await types('type=no.such')).toEqual(new Set());
      expect(await types(`subject=${order.orderId}`)).toEqual(new Set(['order.placed']));
    });

    it('gives own events a gap-free sequence, and what arrived none', async () => {
      const { body } = await shop.box.get('/v1/events?limit=500');
      const own = body.items.filter((event) => event.lane === 'live');
      expect(own.map((event) => event.sequence)).toEqual(own.map((_event, index) => index + 1));
      expect(body.items.filter((event) => String(event.source).includes(':centre:') && 'sequence' in event)).toEqual(
        [],
      );
    });

    it('carries the traceparent of a request into all its events, with one correlation', async () => {
      const { body: order } = await shop.box.post(
        '/v1/orders',
        {
          lines: [
            { sku: 'HOSE-08', quantity: 1 },
            { sku: 'SEAL-22', quantity: 1 },
          ],
        },
        { 'idempotency-key': 'traced', 'traceparent': TRACEPARENT },
      );
      const events = await commitOf(order.orderId);
      expect(events.map((event) => event.type)).toEqual(['order.placed', 'inventory.changed', 'inventory.changed']);
      expect(events.map((event) => event.traceparent)).toEqual([TRACEPARENT, TRACEPARENT, TRACEPARENT]);
      expect(new Set(events.map((event) => event.correlationid))).toEqual(new Set([events[0]?.id]));
      expect(events.slice(1).map((event) => event.causationid)).toEqual([events[0]?.id, events[0]?.id]);
    });

    it.each([
      'nonsense',
      `ff${TRACEPARENT.slice(2)}`,
      TRACEPARENT.replace(/-[0-9a-f]{32}/, `-${'0'.repeat(32)}`),
      'x'.repeat(5_000),
    ])('leaves out the traceparent %j', async (traceparent) => {
      const { body: order } = await shop.box.post(
        '/v1/orders',
        { lines: [{ sku: 'HOSE-08', quantity: 1 }] },
        { 'idempotency-key': `trace ${traceparent.slice(0, 60)}`, traceparent },
      );
      expect((await commitOf(order.orderId)).every((event) => !('traceparent' in event))).toBe(true);
    });

    it.each(['after=-1', 'after=x', 'after=1.5', 'limit=501', 'limit=0', 'after=9007199254740993'])(
      'refuses ?%s',
      async (query) => expect(problemOf(await shop.box.get(`/v1/events?${query}`))).toBe('validation-failed'),
    );

    /** The events of one commit: the order and what follows from it. */
    async function commitOf(orderId: string): Promise<readonly Body[]> {
      const { body: own } = await shop.box.get(`/v1/events?subject=${orderId}`);
      const first = own.items[0];
      const { body } = await shop.box.get(`/v1/events?after=${(first?.position ?? 1) - 1}&limit=500`);
      return body.items.filter((event) => event.id === first?.id || event.causationid === first?.id);
    }
  });
}
