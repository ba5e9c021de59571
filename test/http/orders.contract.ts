import { describe, expect, it } from 'vitest';
import { payload } from '../support/facts.ts';
import { fromCentre } from '../support/http-target.ts';
import { allPages, type Box, type Observer, problemOf } from './observer.ts';

export function ordersContract(observer: Observer): void {
  describe('placing an order', () => {
    const shop = observer.shared();

    it('answers 201 with the whole order, priced by tier and split into stock and backorder', async () => {
      const placed = await shop.box.order(['HOSE-08*4', 'HOSE-10*5', 'BELT-NEW*1'], 'whole', { poNumber: 'PO-1' });
      expect(placed.status).toBe(201);
      expect(placed.body.lines.map((line) => [line.sku, line.reserved, line.backordered, line.netMinor])).toEqual([
        ['HOSE-08', 4, 0, 18_000],
        ['HOSE-10', 3, 2, 30_000],
        ['BELT-NEW', 1, 0, 1890],
      ]);
      expect(placed.body.totals).toMatchObject({ netMinor: 49_890, taxMinor: 9479, grossMinor: 59_369 });
      expect(placed.body).toMatchObject({ status: 'captured', safe: 'on-this-box', poNumber: 'PO-1' });
      expect(placed.headers.get('location')).toBe(`/v1/orders/${placed.body.orderId}`);
    });

    it('gives the same order for the same key and body, whatever the order of members', async () => {
      const first = await shop.box.order(['HOSE-08*1'], 'again', { note: 'n' });
      const again = await shop.box.post('/v1/orders', '{ "note":"n", "lines":[ {"quantity":1,"sku":"HOSE-08"} ] }', {
        'idempotency-key': 'again',
      });
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.body).toEqual(first.body);
    });

    it('gives the same order to two requests with one key at once', async () => {
      const before = (await shop.box.get('/v1/events?limit=1')).body.head;
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.box.order(['SEAL-22*1'], 'at-once')));
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
      expect(new Set(answers.map((answer) => answer.body.orderId)).size).toBe(1);
      // order.placed and one inventory.changed.
      expect((await shop.box.get('/v1/events?limit=1')).body.head).toBe(before + 2);
    });

    it('keeps the answer to a key over a restart', async () => {
      const first = await shop.box.order(['HOSE-08*2'], 'restart');
      await shop.box.reopen();
      const again = await shop.box.order(['HOSE-08*2'], 'restart');
      expect([again.status, again.body]).toEqual([200, first.body]);
    });

    it('counts order numbers up without a gap', async () => {
      const numbers: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { body } = await shop.box.order(['SEAL-22']);
        numbers.push(Number(body.orderNumber.split('-').at(-1)));
        // A refused order uses up no number.
        await shop.box.order(['NO-SUCH']);
      }
      expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual([0, 1, 2]);
    });

    it('reads an order by its id and by its number', async () => {
      const { body } = await shop.box.order(['HOSE-08']);
      const byId = await shop.box.get(`/v1/orders/${body.orderId}`);
      expect(byId.body).toEqual(body);
      expect((await shop.box.get(`/v1/orders/${body.orderNumber}`)).body).toEqual(body);
      expect(problemOf(await shop.box.get('/v1/orders/no-such-order'))).toBe('not-found');
    });

    it('takes a price that rose within the tolerance and says what differs', async () => {
      const placed = await shop.box.order(['HOSE-08*1'], undefined, { priceSeen: { netMinor: 4950, currency: 'EUR' } });
      expect(placed.status).toBe(201);
      expect(placed.body.pricing.differences).toEqual(['Total: seen 49.50, now 50.00 EUR net.']);
    });
  });

  describe('the timeline', () => {
    it('shows captured, sent, accepted, paid and shipped in order', async () => {
      const box = await observer.stocked();
      const { body: order } = await box.order(['HOSE-08*2']);
      await box.target.acknowledge?.('live', 1_000);
      for (const event of progress(order.orderId)) expect((await box.event(event)).status).toBe(201);
      const { body } = await box.get(`/v1/orders/${order.orderId}`);
      const sent = box.target.acknowledge === undefined ? [] : ['sent'];
      expect(body.timeline.map((step) => step.step)).toEqual(['captured', ...sent, 'accepted', 'paid', 'shipped']);
      expect(body.status).toBe('shipped');
      const stock = await box.get('/v1/inventory?sku=HOSE-08');
      expect(stock.body.items[0]).toMatchObject({ onHand: 38, reserved: 0, available: 38 });
      await box.close();
    });
  });

  describe('listing orders', () => {
    it('pages through all orders, newest first, without a gap or a repeat', async () => {
      const box = await observer.stocked();
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) ids.push((await box.order(['HOSE-08'])).body.orderId);
      // At once, so that several share a millisecond.
      const more = await Promise.all(Array.from({ length: 18 }, () => box.order(['SEAL-22'])));
      ids.push(...more.map((answer) => answer.body.orderId));
      const { items, pages } = await allPages(box, '/v1/orders?limit=4');
      expect(pages).toBe(6);
      expect(items.map((item) => item.orderId).sort()).toEqual([...ids].sort());
      const places = items.map((item) => String(item.placedAt));
      expect(places).toEqual([...places].sort().reverse());
      expect((await box.get('/v1/orders?limit=500')).body.items).toEqual(items);
      await box.close();
    });

    it('filters by every status and finds by number and PO number', async () => {
      const box = await observer.stocked();
      const byStatus = await oneOfEach(box);
      for (const [status, orderId] of byStatus) {
        const { body } = await box.get(`/v1/orders?status=${status}`);
        expect([status, body.items.map((item) => item.orderId)]).toEqual([status, [orderId]]);
        expect((await box.get(`/v1/orders/${orderId}`)).body.status).toBe(status);
      }
      const { body: found } = await box.get('/v1/orders?q=o-100%25_');
      expect(found.items.map((item) => item.poNumber)).toEqual(['PO-100%_x']);
      expect(problemOf(await box.get('/v1/orders?status=lost'))).toBe('validation-failed');
      expect(problemOf(await box.get('/v1/orders?cursor=made-up'))).toBe('invalid-request');
      await box.close();
    });
  });
}

/** What the centre reports of an order that goes well. */
function progress(orderId: string): unknown[] {
  return [
    fromCentre('order.accepted', payload('order.accepted', { orderId })),
    fromCentre('payment.authorized', payload('payment.authorized', { orderId })),
    fromCentre(
      'shipment.dispatched',
      payload('shipment.dispatched', {
        orderId,
        lines: [{ lineNumber: 1, sku: 'HOSE-08', quantity: 2 }],
      }),
    ),
  ];
}

/** One order in each status that a box can bring about by itself. */
async function oneOfEach(box: Box): Promise<ReadonlyMap<string, string>> {
  const place = async (po: string) => (await box.order(['HOSE-08*2'], undefined, { poNumber: po })).body.orderId;
  const statuses = new Map<string, string>();
  const reach = async (status: string, ...facts: readonly ((orderId: string) => unknown)[]) => {
    const orderId = await place(status === 'shipped' ? 'PO-100%_x' : `PO-100-${status}`);
    for (const fact of facts) expect((await box.event(fact(orderId))).status).toBe(201);
    statuses.set(status, orderId);
    return orderId;
  };
  const accepted = (orderId: string) => fromCentre('order.accepted', payload('order.accepted', { orderId }));
  const paid = (orderId: string) => fromCentre('payment.authorized', payload('payment.authorized', { orderId }));
  await reach('accepted', accepted);
  await reach('paid', accepted, paid);
  await reach('shipped', (orderId) => progress(orderId)[2]);
  await reach('rejected', (orderId) => fromCentre('order.rejected', payload('order.rejected', { orderId })));
  const cancelled = await reach('cancelled');
  expect((await box.post(`/v1/orders/${cancelled}/cancel`, { reason: 'not needed' })).status).toBe(200);
  if (box.target.acknowledge !== undefined) {
    await reach('sent');
    const { body } = await box.get('/v1/sync');
    await box.target.acknowledge(
      'live',
      (body.outbound.live.pending ?? 0) + (body.outbound.live.lastAckedSequence ?? 0),
    );
  }
  await reach('captured');
  return statuses;
}
