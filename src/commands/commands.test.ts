import { describe, expect, test } from 'vitest';
import { decisionContext, MemoryView, namesOf } from '../../test/support/decision.ts';
import { count, dealer, NOW, payload, price, product } from '../../test/support/facts.ts';
import { fold } from '../core/decider.ts';
import type { NewEvent } from '../core/event.ts';
import { inventory } from '../domain/inventory/inventory.ts';
import { definitionOf } from '../events/catalog.ts';
import type { OrderPlaced } from '../events/transactional/order.ts';
import { refusalOf } from '../testing/given-when-then.ts';
import { cancelOrder } from './cancel-order.ts';
import { createTicket } from './create-ticket.ts';
import { moveStock } from './move-stock.ts';
import { placeOrder } from './place-order.ts';
import { submitFeedback } from './submit-feedback.ts';

const stocked = (onHand: number) => fold(inventory, [{ type: 'inventory.changed', data: count('X', onHand) }]);

const shop = () =>
  new MemoryView({
    dealer: { D042: dealer() },
    product: { HOSE: product('HOSE', { unit: 'MTR' }), BELT: product('BELT') },
    prices: { HOSE: [price('HOSE', 1000)], BELT: [price('BELT', 500)] },
    stock: { HOSE: stocked(5), BELT: stocked(1) },
  });

const valid = (events: readonly NewEvent[]) =>
  events.map((event) => definitionOf(event.type)?.schema.safeParse(event.data).success);
function placedIn(events: readonly NewEvent[]): OrderPlaced {
  const [first] = events;
  if (first?.type !== 'order.placed') throw new Error('No order was placed.');
  return first.data as OrderPlaced;
}

const levels = (events: readonly NewEvent[]) =>
  events.slice(1).map(({ data }) => {
    const { sku, reserved, available, backordered } = data as ReturnType<typeof count>;
    return [sku, reserved, available, backordered];
  });

describe('placing an order', () => {
  test('needs the dealer, the promotions, and the product, prices and stock of each line', () => {
    const needs = placeOrder.needs({ lines: [{ sku: 'HOSE', quantity: 1 }] }, shop(), 'D042');
    expect(namesOf(needs)).toEqual(['dealer/D042', 'promotions/all', 'product/HOSE', 'prices/HOSE', 'stock/HOSE']);
  });

  test('places it with its price snapshot and reserves each line', () => {
    const lines = [
      { sku: 'HOSE', quantity: 4 },
      { sku: 'BELT', quantity: 2 },
    ];
    const events = placeOrder.decide({ lines, poNumber: 'PO-1', note: 'by noon' }, decisionContext(shop()));
    expect(events.map((event) => event.type)).toEqual(['order.placed', 'inventory.changed', 'inventory.changed']);
    expect(valid(events)).toEqual([true, true, true]);
    expect(events[0]?.data).toMatchObject({
      orderId: 'id-1',
      orderNumber: 'D042-B1-X-000001',
      dealerId: 'D042',
      deviceId: 'B1',
      poNumber: 'PO-1',
      note: 'by noon',
      currency: 'EUR',
      totals: { netMinor: 5000, taxMinor: 950, grossMinor: 5950 },
      pricing: {
        policy: 'tolerance',
        toleranceBasisPoints: 200,
        quotedAt: NOW,
        quoteExpiresAt: '2026-12-02T09:00:00.000Z',
      },
      placedAt: NOW,
    });
    expect(levels(events)).toEqual([
      ['HOSE', 4, 1, 0],
      ['BELT', 1, 0, 1],
    ]);
    expect(events[1]?.data).toMatchObject({ unit: 'MTR', movement: { reference: { kind: 'order', id: 'id-1' } } });
  });

  test('reserves as much for each of two lines of one SKU as the order says', () => {
    const lines = [
      { sku: 'HOSE', quantity: 4 },
      { sku: 'HOSE', quantity: 4 },
    ];
    const events = placeOrder.decide({ lines }, decisionContext(shop()));
    expect(placedIn(events).lines.map((line) => [line.reserved, line.backordered])).toEqual([
      [4, 0],
      [1, 3],
    ]);
    expect(levels(events)).toEqual([
      ['HOSE', 4, 1, 0],
      ['HOSE', 5, 0, 3],
    ]);
  });

  test('records a price that differs within the tolerance, and asks again beyond it', () => {
    const order = (netMinor: number) => () =>
      placeOrder.decide(
        { lines: [{ sku: 'HOSE', quantity: 1 }], priceSeen: { netMinor, currency: 'EUR' } },
        decisionContext(shop()),
      );
    expect(placedIn(order(990)()).pricing.differences).toEqual(['Total: seen 9.90, now 10.00 EUR net.']);
    expect(placedIn(order(1000)()).pricing.differences).toEqual([]);
    expect(refusalOf(order(900), 'price-changed').extra).toMatchObject({ netMinor: 1000, currency: 'EUR' });
  });

  test('waits for the dealer to be known', () => {
    refusalOf(() => placeOrder.decide({ lines: [] }, decisionContext()), 'conflict');
  });
});

describe('cancelling an order', () => {
  test('cancels it and releases what it holds', () => {
    const view = shop();
    view.apply(placeOrder.decide({ lines: [{ sku: 'BELT', quantity: 3 }] }, decisionContext(view)));
    const events = cancelOrder.decide({ orderId: 'id-1', reason: 'wrong part' }, decisionContext(view));
    expect(events[0]).toEqual({
      type: 'order.cancelled',
      data: { orderId: 'id-1', reason: 'wrong part', cancelledBy: 'dealer', cancelledAt: NOW },
    });
    expect(levels(events)).toEqual([['BELT', 0, 1, 0]]);
    expect(namesOf(cancelOrder.needs({ orderId: 'id-1', reason: '' }, view, 'D042'))).toEqual([
      'order/id-1',
      'stock/BELT',
    ]);
    view.apply(events);
    refusalOf(() => cancelOrder.decide({ orderId: 'id-1', reason: 'again' }, decisionContext(view)), 'conflict');
  });

  test('refuses one that is not known', () => {
    refusalOf(() => cancelOrder.decide({ orderId: 'nope', reason: '' }, decisionContext()), 'not-found');
  });
});

describe('moving stock', () => {
  test('takes unit and place from the product and the box', () => {
    const events = moveStock.decide({ sku: 'HOSE', kind: 'receive', quantity: 3 }, decisionContext(shop()));
    expect(valid(events)).toEqual([true]);
    expect(events[0]?.data).toMatchObject({ unit: 'MTR', locationId: 'D042-main', onHand: 8, available: 8 });
  });

  test('refuses an unknown product, with a pointer', () => {
    const move = () => moveStock.decide({ sku: 'NOPE', kind: 'sell', quantity: 1 }, decisionContext(shop()));
    expect(refusalOf(move, 'invalid-movement').violations).toMatchObject([{ pointer: '/sku', code: 'unknown-sku' }]);
  });

  test('passes on what stock refuses', () => {
    const move = () => moveStock.decide({ sku: 'HOSE', kind: 'sell', quantity: 6 }, decisionContext(shop()));
    refusalOf(move, 'invalid-movement');
  });
});

describe('feedback', () => {
  test('is recorded with an id and a time', () => {
    const { feedbackId: _id, createdAt: _at, ...input } = payload('feedback.submitted');
    const events = submitFeedback.decide(input, decisionContext());
    expect(events).toEqual([{ type: 'feedback.submitted', data: { ...input, feedbackId: 'id-1', createdAt: NOW } }]);
    expect(valid(events)).toEqual([true]);
  });
});

describe('a ticket', () => {
  const { ticketId: _id, createdAt: _at, ...input } = payload('ticket.created');

  test('is recorded with an id and a time', () => {
    const events = createTicket.decide(input, decisionContext());
    expect(events).toEqual([{ type: 'ticket.created', data: { ...input, ticketId: 'id-1', createdAt: NOW } }]);
    expect(valid(events)).toEqual([true]);
  });

  test('about an order needs that order', () => {
    const view = shop();
    view.apply(placeOrder.decide({ lines: [{ sku: 'BELT', quantity: 1 }] }, decisionContext(view)));
    const about = (orderId: string) => () => createTicket.decide({ ...input, orderId }, decisionContext(view));
    expect(about('id-1')()).toHaveLength(1);
    expect(refusalOf(about('nope'), 'validation-failed').violations).toMatchObject([{ pointer: '/orderId' }]);
    expect(namesOf(createTicket.needs({ ...input, orderId: 'id-1' }, view, 'D042'))).toEqual(['order/id-1']);
  });
});
