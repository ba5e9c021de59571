import { describe, expect, test } from 'vitest';
import { line, payload, placed } from '../../../test/support/facts.ts';
import { fold } from '../../core/decider.ts';
import { given } from '../../testing/given-when-then.ts';
import { type OrderCommand, type OrderEvent, order, orderStatus } from './order.ts';
import type { OrderStatus } from './status.ts';

const orderId = payload('order.placed').orderId;
const theOrder = placed(orderId, [line(1, 'HOSE', 4), line(2, 'BELT', 2)]);

const facts = {
  placed: { type: 'order.placed', data: theOrder },
  accepted: { type: 'order.accepted', data: payload('order.accepted') },
  rejected: { type: 'order.rejected', data: payload('order.rejected') },
  cancelled: { type: 'order.cancelled', data: payload('order.cancelled') },
  paid: { type: 'payment.authorized', data: payload('payment.authorized') },
  declined: { type: 'payment.declined', data: payload('payment.declined') },
  shipped: {
    type: 'shipment.dispatched',
    data: payload('shipment.dispatched', { lines: [{ lineNumber: 1, sku: 'HOSE', quantity: 3 }], complete: false }),
  },
} as const satisfies Record<string, OrderEvent>;

/** A history that leads to each status. */
const histories: Record<OrderStatus, readonly OrderEvent[]> = {
  'captured': [facts.placed],
  'accepted': [facts.placed, facts.accepted],
  'rejected': [facts.placed, facts.rejected],
  'cancelled': [facts.placed, facts.cancelled],
  'paid': [facts.placed, facts.accepted, facts.paid],
  'payment-declined': [facts.placed, facts.accepted, facts.declined],
  'shipped': [facts.placed, facts.accepted, facts.paid, facts.shipped],
};

const nextShipment = payload('shipment.dispatched', {
  shipmentId: 'SH-2',
  lines: [{ lineNumber: 1, sku: 'HOSE', quantity: 1 }],
});

const commands: Record<string, { command: OrderCommand; fact: OrderEvent; from: readonly OrderStatus[] }> = {
  cancel: {
    command: { kind: 'cancel', cancellation: facts.cancelled.data },
    fact: facts.cancelled,
    from: ['captured', 'accepted', 'payment-declined', 'paid'],
  },
  accept: { command: { kind: 'accept', acceptance: facts.accepted.data }, fact: facts.accepted, from: ['captured'] },
  reject: { command: { kind: 'reject', rejection: facts.rejected.data }, fact: facts.rejected, from: ['captured'] },
  pay: {
    command: { kind: 'pay', payment: facts.paid.data },
    fact: facts.paid,
    from: ['accepted', 'payment-declined'],
  },
  decline: {
    command: { kind: 'decline-payment', decline: facts.declined.data },
    fact: facts.declined,
    from: ['accepted'],
  },
  ship: {
    command: { kind: 'ship', shipment: nextShipment },
    fact: { type: 'shipment.dispatched', data: nextShipment },
    from: ['accepted', 'paid', 'shipped'],
  },
};

describe('an order', () => {
  test('is placed once', () => {
    given(order, []).when({ kind: 'place', order: theOrder }).then([facts.placed]);
    given(order, [facts.placed]).when({ kind: 'place', order: theOrder }).thenThrows('conflict');
  });

  for (const [status, history] of Object.entries(histories)) {
    test(`is ${status} after its history`, () => {
      expect(orderStatus(fold(order, history))).toBe(status);
    });
  }

  for (const [name, { command, fact, from }] of Object.entries(commands)) {
    test(`that is not known cannot ${name}`, () => {
      given(order, []).when(command).thenThrows('not-found');
    });
    for (const [status, history] of Object.entries(histories)) {
      if (from.includes(status as OrderStatus)) {
        test(`that is ${status} can ${name}`, () => given(order, history).when(command).then([fact]));
      } else {
        test(`that is ${status} cannot ${name}, and the refusal says its status`, () => {
          const refusal = given(order, history).when(command).thenThrows('conflict');
          expect(refusal.extra).toEqual({ orderStatus: status });
          expect(refusal.detail).toContain(theOrder.orderNumber);
        });
      }
    }
  }

  test('ships no more than was ordered, over several shipments', () => {
    const shipment = (quantity: number) => ({
      kind: 'ship' as const,
      shipment: payload('shipment.dispatched', {
        shipmentId: 'SH-9',
        lines: [{ lineNumber: 1, sku: 'HOSE', quantity }],
      }),
    });
    given(order, histories.accepted).when(shipment(5)).thenThrows('conflict');
    given(order, histories.shipped).when(shipment(2)).thenThrows('conflict');
    given(order, histories.shipped)
      .when(shipment(1))
      .then([{ type: 'shipment.dispatched', data: shipment(1).shipment }]);
  });

  test('ships only lines that it has', () => {
    const shipment = (lineNumber: number, sku: string) => ({
      kind: 'ship' as const,
      shipment: payload('shipment.dispatched', { lines: [{ lineNumber, sku, quantity: 1 }] }),
    });
    given(order, histories.accepted).when(shipment(3, 'HOSE')).thenThrows('conflict');
    given(order, histories.accepted).when(shipment(1, 'BELT')).thenThrows('conflict');
  });

  test('counts a shipment that is reported twice once', () => {
    const once = fold(order, histories.shipped);
    expect(once.shipped).toEqual({ 1: 3 });
    expect(order.evolve(once, facts.shipped)).toEqual(once);
  });

  test('keeps the first time of each milestone', () => {
    const later = {
      type: 'order.accepted',
      data: payload('order.accepted', { acceptedAt: '2027-01-01T00:00:00.000Z' }),
    };
    const state = fold(order, [...histories.accepted, later as OrderEvent]);
    expect(state.milestones.acceptedAt).toBe(facts.accepted.data.acceptedAt);
  });

  test('has the same status whatever the order in which facts arrive', () => {
    const history = histories.shipped;
    expect(orderStatus(fold(order, history.toReversed()))).toBe('shipped');
    expect(orderStatus(fold(order, [facts.accepted, facts.placed]))).toBe('accepted');
  });
});
