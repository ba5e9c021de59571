import { describe, expect, test } from 'vitest';
import { decisionContext, MemoryView } from '../../test/support/decision.ts';
import { count, line, payload, placed } from '../../test/support/facts.ts';
import { fold } from '../core/decider.ts';
import type { NewEvent } from '../core/event.ts';
import { inventory } from '../domain/inventory/inventory.ts';
import { type OrderEvent, order } from '../domain/order/order.ts';
import type { InventoryChanged } from '../events/transactional/inventory.ts';
import { concernsOrderSaga, orderSaga } from './order-saga.ts';

const orderId = payload('order.placed').orderId;
const theOrder = placed(orderId, [line(1, 'HOSE', 4), line(2, 'BELT', 3, 1), line(3, 'HOSE', 2, 1)]);

const at = (onHand: number, reserved: number, backordered: number) =>
  fold(inventory, [
    { type: 'inventory.changed', data: count('X', onHand, { reserved, backordered, available: onHand - reserved }) },
  ]);

const facts = {
  placed: { type: 'order.placed', data: theOrder },
  accepted: { type: 'order.accepted', data: payload('order.accepted') },
  rejected: { type: 'order.rejected', data: payload('order.rejected') },
  cancelled: { type: 'order.cancelled', data: payload('order.cancelled', { cancelledBy: 'centre' }) },
  paid: { type: 'payment.authorized', data: payload('payment.authorized') },
  declined: { type: 'payment.declined', data: payload('payment.declined', { reason: 'limit reached' }) },
  shipped: {
    type: 'shipment.dispatched',
    data: payload('shipment.dispatched', {
      shipmentId: 'SH-1',
      complete: false,
      lines: [
        { lineNumber: 1, sku: 'HOSE', quantity: 1 },
        { lineNumber: 1, sku: 'HOSE', quantity: 1 },
        { lineNumber: 2, sku: 'BELT', quantity: 3 },
      ],
    }),
  },
} as const satisfies Record<string, OrderEvent>;

/** The saga's world: this order and the stock that it holds, after a history. */
function world(...history: OrderEvent[]) {
  const view = new MemoryView({
    order: { [orderId]: fold(order, history) },
    stock: { HOSE: at(10, 5, 1), BELT: at(2, 2, 1) },
  });
  return {
    /** Lets the saga react to a fact, and everything take effect. */
    on(event: OrderEvent): readonly NewEvent[] {
      const reactions = orderSaga(event, decisionContext(view));
      view.apply([event, ...reactions]);
      return reactions;
    },
  };
}

const movements = (events: readonly NewEvent[]) =>
  events
    .filter((event): event is NewEvent<'inventory.changed', InventoryChanged> => event.type === 'inventory.changed')
    .map(({ data }) => [data.sku, data.movement.kind, data.movement.quantity, data.reserved, data.backordered]);

const released = [
  ['HOSE', 'release', 4, 2, 0],
  ['BELT', 'release', 3, 0, 0],
  ['HOSE', 'release', 2, 0, 0],
];

describe('the order saga', () => {
  test('watches what happens to an order after it was placed', () => {
    expect(concernsOrderSaga(facts.rejected)).toBe(true);
    expect(concernsOrderSaga(facts.placed)).toBe(false);
    expect(concernsOrderSaga({ type: 'product.updated', data: payload('product.updated') })).toBe(false);
  });

  test.each(['rejected', 'cancelled'] as const)('releases everything that a %s order holds, once', (fact) => {
    const { on } = world(facts.placed);
    const reactions = on(facts[fact]);
    expect(reactions.map((event) => event.type)).toEqual([
      'inventory.changed',
      'inventory.changed',
      'inventory.changed',
    ]);
    expect(movements(reactions)).toEqual(released);
    expect(on(facts[fact])).toEqual([]);
  });

  test('names the order in every movement', () => {
    const reactions = world(facts.placed).on(facts.rejected);
    for (const event of reactions) {
      expect(event.data).toMatchObject({ movement: { reference: { kind: 'order', id: orderId } } });
    }
  });

  test.each([
    ['captured', [facts.placed]],
    ['accepted', [facts.placed, facts.accepted]],
  ])('cancels an order that is %s and releases what it holds when payment is declined, once', (_status, history) => {
    const { on } = world(...history);
    const reactions = on(facts.declined);
    expect(reactions[0]).toEqual({
      type: 'order.cancelled',
      data: {
        orderId,
        reason: 'Payment declined: limit reached',
        cancelledBy: 'saga',
        cancelledAt: decisionContext().now,
      },
    });
    expect(movements(reactions)).toEqual(released);
    expect(on(facts.declined)).toEqual([]);
    expect(on(facts.rejected)).toEqual([]);
  });

  test('cuts the reason of a declined payment to what a cancellation may carry', () => {
    const declined: OrderEvent = { ...facts.declined, data: { ...facts.declined.data, reason: 'x'.repeat(500) } };
    const [cancelled] = world(facts.placed).on(declined);
    expect(cancelled?.data).toMatchObject({ reason: `Payment declined: ${'x'.repeat(482)}` });
  });

  test('keeps a paid order when an older refusal of its payment arrives late', () => {
    expect(world(facts.placed, facts.accepted, facts.paid).on(facts.declined)).toEqual([]);
  });

  test('takes shipped pieces out of what the order holds, once', () => {
    const { on } = world(facts.placed, facts.accepted, facts.paid);
    expect(movements(on(facts.shipped))).toEqual([
      ['HOSE', 'sell', 2, 3, 1],
      ['BELT', 'sell', 3, 0, 0],
    ]);
    expect(on(facts.shipped)).toEqual([]);
  });

  test('never fulfils more than the order has left', () => {
    const { on } = world(facts.placed, facts.accepted, facts.shipped);
    const tooMany: OrderEvent = {
      type: 'shipment.dispatched',
      data: payload('shipment.dispatched', {
        shipmentId: 'SH-2',
        lines: [
          { lineNumber: 1, sku: 'HOSE', quantity: 9 },
          { lineNumber: 2, sku: 'BELT', quantity: 1 },
          { lineNumber: 7, sku: 'NOPE', quantity: 1 },
        ],
      }),
    };
    expect(movements(on(tooMany)).map(([sku, kind, quantity]) => [sku, kind, quantity])).toEqual([['HOSE', 'sell', 2]]);
  });

  test('has nothing to do for an acceptance or a payment', () => {
    const { on } = world(facts.placed);
    expect(on(facts.accepted)).toEqual([]);
    expect(on(facts.paid)).toEqual([]);
  });

  test('leaves orders of other devices alone', () => {
    for (const fact of [facts.rejected, facts.cancelled, facts.declined, facts.shipped]) {
      expect(world().on(fact)).toEqual([]);
    }
  });

  test.each(['rejected', 'cancelled'] as const)('releases only the rest of a part-shipped order that is %s', (fact) => {
    const { on } = world(facts.placed, facts.accepted);
    on(facts.shipped);
    expect(movements(on(facts[fact]))).toEqual([
      ['HOSE', 'release', 2, 2, 0],
      ['HOSE', 'release', 2, 0, 0],
    ]);
  });

  test('takes nothing for shipments of an order that was cancelled before them', () => {
    const { on } = world(facts.placed, facts.accepted);
    on(facts.cancelled);
    expect(on(facts.shipped)).toEqual([]);
    const second = { ...facts.shipped, data: { ...facts.shipped.data, shipmentId: 'SH-2' } };
    expect(on(second)).toEqual([]);
  });
});
