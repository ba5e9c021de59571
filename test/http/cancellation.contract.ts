import { describe, expect, it } from 'vitest';
import { payload } from '../support/facts.ts';
import { fromCentre } from '../support/http-target.ts';
import { type Observer, problemOf } from './observer.ts';

export function cancellationContract(observer: Observer): void {
  describe('cancelling an order', () => {
    const shop = observer.shared();
    const cancel = (id: string, headers: Record<string, string> = {}) =>
      shop.box.post(`/v1/orders/${id}/cancel`, { reason: 'Collected elsewhere' }, headers);
    const stockOf = async (sku: string) => (await shop.box.get(`/v1/inventory?sku=${sku}`)).body.items[0];

    it('gives back what the order held, reserved and backordered', async () => {
      const before = await stockOf('HOSE-10');
      const { body: order } = await shop.box.order(['HOSE-10*5']);
      expect(await stockOf('HOSE-10')).toMatchObject({ reserved: 3, available: 0, backordered: 2 });
      const cancelled = await cancel(order.orderId);
      expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
      expect(cancelled.body.timeline.at(-1)).toMatchObject({ step: 'cancelled', detail: 'Collected elsewhere' });
      expect(await stockOf('HOSE-10')).toMatchObject({
        ...before,
        changedAt: expect.anything(),
        ageMs: expect.anything(),
      });
    });

    it('takes the order number in place of the id', async () => {
      const { body: order } = await shop.box.order(['HOSE-08']);
      expect((await cancel(order.orderNumber)).body).toMatchObject({ orderId: order.orderId, status: 'cancelled' });
    });

    it('refuses to cancel twice, but repeats its answer for a key', async () => {
      const { body: order } = await shop.box.order(['HOSE-08']);
      const first = await cancel(order.orderId, { 'idempotency-key': 'cancel-1' });
      const again = await cancel(order.orderId, { 'idempotency-key': 'cancel-1' });
      expect([again.status, again.body]).toEqual([200, first.body]);
      const twice = await cancel(order.orderId);
      expect([twice.status, problemOf(twice), twice.body.orderStatus]).toEqual([409, 'conflict', 'cancelled']);
    });

    it.each([
      ['shipped', 'shipment.dispatched'],
      ['rejected', 'order.rejected'],
    ] as const)('refuses a %s order', async (status, type) => {
      const { body: order } = await shop.box.order(['HOSE-08*1']);
      const lines = [{ lineNumber: 1, sku: 'HOSE-08', quantity: 1 }];
      const data =
        type === 'order.rejected'
          ? payload(type, { orderId: order.orderId })
          : payload(type, { orderId: order.orderId, lines });
      await shop.box.event(fromCentre<'order.rejected' | 'shipment.dispatched'>(type, data));
      const answer = await cancel(order.orderId);
      expect([answer.status, problemOf(answer), answer.body.orderStatus]).toEqual([409, 'conflict', status]);
    });

    it('is done by the saga when a payment is declined', async () => {
      const { body: order } = await shop.box.order(['HOSE-08*1']);
      await shop.box.event(fromCentre('payment.declined', payload('payment.declined', { orderId: order.orderId })));
      const { body } = await shop.box.get(`/v1/orders/${order.orderId}`);
      expect(body.status).toBe('cancelled');
      expect(body.timeline.map((step) => step.step)).toEqual(['captured', 'payment-declined', 'cancelled']);
      // The order went on to be cancelled, so nothing stays in this state here.
      expect((await shop.box.get('/v1/orders?status=payment-declined')).body.items).toEqual([]);
    });

    it('refuses an order that is not here, and a body without a reason', async () => {
      expect(problemOf(await cancel('no-such-order'))).toBe('not-found');
      const { body: order } = await shop.box.order(['HOSE-08']);
      const silent = await shop.box.post(`/v1/orders/${order.orderId}/cancel`, {});
      expect(problemOf(silent)).toBe('validation-failed');
    });
  });
}
