import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionContext, MemoryView } from '../../test/support/decision.ts';
import { count, dealer, NOW, payload, price, product, promotion } from '../../test/support/facts.ts';
import { cancelOrder } from '../commands/cancel-order.ts';
import { moveStock } from '../commands/move-stock.ts';
import { placeOrder } from '../commands/place-order.ts';
import { EdgeError } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { OrderPlaced } from '../events/transactional/order.ts';
import { orderSaga } from '../sagas/order-saga.ts';
import { availableOf, inventory, mergeReceived, type StockState } from './inventory/inventory.ts';
import { type OrderEvent, order, orderEventTypes, orderStatus } from './order/order.ts';
import { quote } from './order/quote.ts';
import { priceLine, shareOf } from './pricing/pricing.ts';
import { checkQuantity, nearestQuantity } from './pricing/quantity-rules.ts';

const where = { sku: 'HOSE', locationId: 'D042-main', unit: 'EA', at: NOW } as const;

/** What a refusal leaves: nothing. Anything but a refusal is a fault. */
function unlessRefused<T>(work: () => readonly T[]): readonly T[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof EdgeError) return [];
    throw error;
  }
}

type CentreFact = 'reject' | 'cancel-at-centre' | 'decline' | 'accept' | 'pay';

function centreFact(fact: CentreFact, orderId: string): OrderEvent {
  switch (fact) {
    case 'reject':
      return { type: 'order.rejected', data: payload('order.rejected', { orderId }) };
    case 'cancel-at-centre':
      return { type: 'order.cancelled', data: payload('order.cancelled', { orderId }) };
    case 'decline':
      return { type: 'payment.declined', data: payload('payment.declined', { orderId }) };
    case 'accept':
      return { type: 'order.accepted', data: payload('order.accepted', { orderId }) };
    case 'pay':
      return { type: 'payment.authorized', data: payload('payment.authorized', { orderId }) };
  }
}

function expectSound(state: StockState): void {
  expect(state.onHand).toBeGreaterThanOrEqual(0);
  expect(state.reserved).toBeGreaterThanOrEqual(0);
  expect(state.backordered).toBeGreaterThanOrEqual(0);
  expect(availableOf(state)).toBeGreaterThanOrEqual(0);
  if (state.backordered > 0) expect(availableOf(state)).toBe(0);
}

describe('stock, after any commands', () => {
  const amount = fc.integer({ min: -3, max: 12 });
  const commands = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constantFrom('receive', 'return', 'sell', 'reserve', 'adjust', 'fulfil', 'count'),
        quantity: amount,
        backordered: fc.constant(0),
      }),
      fc.record({ kind: fc.constant('release'), quantity: amount, backordered: fc.nat(6) }),
    ),
    { maxLength: 40, size: 'max' },
  );

  test('is never negative, available is on hand less reserved, and backordered only when nothing is available', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        let state = inventory.initial;
        for (const { kind, quantity, backordered } of sequence) {
          const events =
            kind === 'count'
              ? [
                  {
                    type: 'inventory.changed' as const,
                    data: mergeReceived(state, count('HOSE', Math.max(0, quantity))),
                  },
                ]
              : unlessRefused(() => inventory.decide(state, { ...where, kind, quantity, backordered } as never));
          for (const event of events) {
            expect(event.data.available).toBe(event.data.onHand - event.data.reserved);
            expect(event.data.version).toBe(state.version + 1);
            state = inventory.evolve(state, event);
            expectSound(state);
          }
        }
      }),
    );
  });
});

describe('orders', () => {
  const skus = ['HOSE', 'BELT'] as const;
  const shop = () =>
    new MemoryView({
      dealer: { D042: dealer() },
      product: { HOSE: product('HOSE'), BELT: product('BELT') },
      prices: { HOSE: [price('HOSE', 1000)], BELT: [price('BELT', 500)] },
    });
  const sku = fc.constantFrom(...skus);
  const which = fc.nat(7);
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('place' as const),
        lines: fc.array(fc.record({ sku, quantity: fc.integer({ min: 1, max: 6 }) }), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('move' as const),
        sku,
        kind: fc.constantFrom('receive' as const, 'sell' as const, 'adjust' as const, 'return' as const),
        quantity: fc.integer({ min: -8, max: 12 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('count' as const), sku, onHand: fc.nat(12) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom<'cancel' | CentreFact>('cancel', 'reject', 'cancel-at-centre', 'decline', 'accept', 'pay'),
        which,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('ship' as const),
        which,
        shipmentId: fc.constantFrom('SH-1', 'SH-2', 'SH-3'),
        quantity: fc.integer({ min: 1, max: 7 }),
      }),
    },
  );

  test('hold together exactly what stock has reserved and backordered, whatever happens to them', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const view = shop();
        const context = decisionContext(view);
        const orderIds: string[] = [];
        const apply = (events: readonly NewEvent[]) => view.apply(events);
        const fromCentre = (event: OrderEvent) => apply([event, ...orderSaga(event, context)]);
        for (const one of steps) {
          if (one.do === 'place') {
            const events = placeOrder.decide({ lines: one.lines }, context);
            orderIds.push((events[0] as NewEvent<'order.placed', OrderPlaced>).data.orderId);
            apply(events);
          } else if (one.do === 'move') {
            apply(unlessRefused(() => moveStock.decide(one, context)));
          } else if (one.do === 'count') {
            const data = mergeReceived(view.get('stock', one.sku), count(one.sku, one.onHand));
            apply([{ type: 'inventory.changed', data }]);
          } else {
            const orderId = orderIds[one.which] ?? 'elsewhere';
            if (one.do === 'cancel') apply(unlessRefused(() => cancelOrder.decide({ orderId, reason: '' }, context)));
            else if (one.do !== 'ship') fromCentre(centreFact(one.do, orderId));
            else {
              const lines = view.get('order', orderId).placed?.lines ?? [];
              fromCentre({
                type: 'shipment.dispatched',
                data: payload('shipment.dispatched', {
                  orderId,
                  shipmentId: one.shipmentId,
                  lines: lines.map((line) => ({ lineNumber: line.lineNumber, sku: line.sku, quantity: one.quantity })),
                }),
              });
            }
          }
          const held: Record<string, number> = { HOSE: 0, BELT: 0 };
          for (const orderId of orderIds) {
            const state = view.get('order', orderId);
            if ((state.milestones.cancelledAt ?? state.milestones.rejectedAt) !== undefined) continue;
            for (const line of state.placed?.lines ?? []) {
              const left = Math.max(0, line.quantity - (state.shipped[line.lineNumber] ?? 0));
              held[line.sku] = (held[line.sku] ?? 0) + left;
            }
          }
          for (const one of skus) {
            const state = view.get('stock', one);
            expectSound(state);
            expect(state.reserved + state.backordered).toBe(held[one]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('take in any of their events in any state', () => {
    const event = fc
      .constantFrom(...orderEventTypes)
      .chain((type) => fc.record({ type: fc.constant(type), at: fc.constantFrom(NOW, '2027-01-01T00:00:00.000Z') }));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (history) => {
        let state = order.initial;
        for (const { type, at } of history) {
          const data = { ...payload(type), acceptedAt: at, dispatchedAt: at };
          const before = structuredClone(state);
          const next = order.evolve(state, { type, data } as OrderEvent);
          expect(state).toEqual(before);
          expect(orderStatus(next) === undefined).toBe(next.placed === undefined);
          state = next;
        }
      }),
    );
  });

  test('add up: lines to the net, net and tax to the gross, reserved and backordered to the quantity', () => {
    const prices = fc.record({
      list: fc.integer({ min: 0, max: 1_000_000 }),
      discount: fc.integer({ min: 0, max: 10_000 }),
    });
    const lines = fc.array(fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 1000 }) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(prices, lines, fc.nat(10_000), fc.nat(500), ({ list, discount }, requested, tax, available) => {
        const { lines: quoted, totals } = quote(requested, {
          dealer: dealer({ taxRateBasisPoints: tax }),
          at: NOW,
          product: (one) => product(one),
          prices: (one) => [price(one, list, { tiers: [{ minimum: 10, unitPriceMinor: Math.floor(list / 2) }] })],
          available: () => available,
          promotions: [promotion('P', { discountBasisPoints: discount, minimumQuantity: 5 })],
        });
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        expect(totals.netMinor).toBe(sum(quoted.map((line) => line.netMinor)));
        expect(totals.discountMinor).toBe(sum(quoted.map((line) => line.discountMinor)));
        expect(totals.netMinor + totals.discountMinor).toBe(sum(requested.map((line) => line.quantity * list)));
        expect(totals.grossMinor).toBe(totals.netMinor + totals.taxMinor);
        for (const line of quoted) {
          expect(line.reserved + line.backordered).toBe(line.quantity);
          expect(line.netMinor).toBe(line.price.unitPriceMinor * line.quantity);
        }
        for (const one of skus) {
          const reserved = sum(quoted.filter((line) => line.sku === one).map((line) => line.reserved));
          const wanted = sum(requested.filter((line) => line.sku === one).map((line) => line.quantity));
          expect(reserved).toBe(Math.min(available, wanted));
        }
      }),
    );
  });
});

describe('pricing', () => {
  test('takes a share as exact arithmetic does', () => {
    const exact = (amount: number, basisPoints: number): number => {
      const product = BigInt(Math.abs(amount)) * BigInt(basisPoints);
      const share = Number((product + 5000n) / 10_000n);
      return amount < 0 && share !== 0 ? -share : share;
    };
    fc.assert(
      fc.property(fc.integer({ min: -9e13, max: 9e13 }), fc.nat(10_000), (amount, basisPoints) => {
        expect(shareOf(amount, basisPoints)).toBe(exact(amount, basisPoints));
      }),
      { numRuns: 2000 },
    );
  });

  test('never charges more than the list or less than nothing, and is the same in any order of promotions', () => {
    const promotions = fc.array(
      fc.record({ id: fc.constantFrom('A', 'B', 'C', 'D'), discount: fc.constantFrom(0, 500, 1000, 10_000) }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(promotions, fc.nat(100_000), (known, list) => {
        const all = known.map(({ id, discount }, index) =>
          promotion(`${id}${index}`, { discountBasisPoints: discount }),
        );
        const target = { sku: 'HOSE', category: [], quantity: 3 };
        const line = priceLine(price('HOSE', list), all, target, NOW);
        expect(line.unitPriceMinor).toBeGreaterThanOrEqual(0);
        expect(line.unitPriceMinor).toBeLessThanOrEqual(list);
        expect(priceLine(price('HOSE', list), all.toReversed(), target, NOW)).toEqual(line);
      }),
    );
  });

  test('suggests only quantities that it accepts', () => {
    const rules = fc
      .record({
        minimum: fc.integer({ min: 1, max: 500 }),
        increment: fc.integer({ min: 1, max: 60 }),
        room: fc.option(fc.nat(500)),
      })
      .map(({ minimum, increment, room }) => ({
        minimum,
        increment,
        ...(room === null ? {} : { maximum: minimum + room }),
      }));
    fc.assert(
      fc.property(rules, fc.integer({ min: -10, max: 2000 }), (one, quantity) => {
        const suggestion = nearestQuantity(one, quantity);
        expect(checkQuantity(one, suggestion)).toBeUndefined();
        expect(suggestion).toBeGreaterThanOrEqual(one.minimum);
        expect((suggestion - one.minimum) % one.increment).toBe(0);
        if ('maximum' in one) expect(suggestion).toBeLessThanOrEqual(one.maximum);
        else expect(suggestion).toBeGreaterThanOrEqual(quantity);
      }),
    );
  });
});
