import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projections } from '../../src/projections/list.ts';
import { arriving, digestsOf, type EdgeBox, openShop } from '../support/edge-box.ts';
import { count, payload, price, product } from '../support/facts.ts';

let box: EdgeBox;
beforeEach(async () => {
  box = await openShop({ HOSE: 10, BELT: 2 });
});
afterEach(() => box.dispose());

const types = async () => (await box.rows('SELECT type FROM events ORDER BY position')).map((row) => row.type);
const stockOf = async (sku: string) =>
  (await box.rows('SELECT on_hand, reserved, available, backordered FROM stock WHERE sku = ?', sku))[0];
async function place(sku: string, quantity: number): Promise<string> {
  const { events } = await box.runtime.execute('place-order', { lines: [{ sku, quantity }] });
  return events[0]?.subject ?? '';
}
const reject = (orderId: string) => payload('order.rejected', { orderId, lines: [] });

describe('an event from the centre', () => {
  test('is logged once, however often and by whatever way it is delivered', async () => {
    const changed = product('HOSE', { name: 'New name' });
    const first = await box.receive('product.updated', changed, {
      id: 'e-1',
      delivery: { stream: 'down', sequence: 1 },
    });
    const head = box.runtime.head();
    const others = await Promise.all([
      box.receive('product.updated', changed, { id: 'e-1', delivery: { stream: 'down', sequence: 1 } }),
      box.receive('product.updated', changed, { id: 'e-1' }),
    ]);
    expect(first.repeated).toBe(false);
    expect(others.map((one) => one.repeated)).toEqual([true, true]);
    expect(others[0]?.events).toEqual(first.events);
    expect(box.runtime.head()).toBe(head);
  });

  test('delivered twice in one group is logged once', async () => {
    const twice = [1, 2].map(() => box.receive('product.updated', product('HOSE'), { id: 'e-1' }));
    expect((await Promise.all(twice)).map((one) => one.repeated)).toEqual([false, true]);
  });

  test('of a version that is not known yet is kept as it is, and changes nothing', async () => {
    const orderId = await place('HOSE', 3);
    const before = await digestsOf(box.store);
    const next = (type: string) => ({
      attributes: {
        dataschema: `urn:dealeriq:schema:${type}:99`,
        subject: type === 'product.updated' ? 'HOSE' : orderId,
      },
    });
    const shapeless = { colour: 'new', orderId };
    for (const type of [
      'product.updated',
      'order.rejected',
      'payment.declined',
      'shipment.dispatched',
      'inventory.changed',
    ]) {
      const received = await box.runtime.receive(arriving(type, shapeless, next(type)));
      expect(received.events).toHaveLength(1);
      expect(received.events[0]).toMatchObject({ type, data: shapeless, dataschema: `urn:dealeriq:schema:${type}:99` });
    }
    expect(await digestsOf(box.store)).toEqual(before);
    // Neither the cached product nor the order took it on, and after a restart neither does.
    await place('HOSE', 1);
    box = await box.reopen();
    await box.runtime.execute('cancel-order', { orderId, reason: 'still open' });
    expect(await stockOf('HOSE')).toEqual({ on_hand: 10, reserved: 1, available: 9, backordered: 0 });
    await box.runtime.rebuild();
    expect(await stockOf('HOSE')).toEqual({ on_hand: 10, reserved: 1, available: 9, backordered: 0 });
  });

  test('of an older version is logged as it came and projected in the current shape', async () => {
    const old = { feedbackId: 'F-1', productSku: 'HOSE', stars: 5, createdAt: '2026-04-02T11:25:00.000Z' };
    const more = {
      source: 'urn:dealeriq:dealer:D042:B1',
      attributes: { dataschema: 'urn:dealeriq:schema:feedback.submitted:1' },
    };
    await box.runtime.receive(arriving('feedback.submitted', old, more));
    const [row] = await box.rows("SELECT version, data, applied FROM events WHERE type = 'feedback.submitted'");
    expect(row?.version).toBe(1);
    expect(JSON.parse(String(row?.data))).toEqual(old);
    const current = {
      feedbackId: 'F-1',
      target: { kind: 'product', id: 'HOSE' },
      signal: 'rated',
      score: 1,
      sku: 'HOSE',
      createdAt: old.createdAt,
    };
    expect(JSON.parse(String(row?.applied))).toEqual(current);
    const [projected] = await box.rows('SELECT target_kind, target_id, signal, snapshot FROM feedback');
    expect(projected).toMatchObject({ target_kind: 'product', target_id: 'HOSE', signal: 'rated' });
    expect(JSON.parse(String(projected?.snapshot))).toEqual(current);
  });

  test('with a stock count keeps the promises made here', async () => {
    await place('HOSE', 4);
    await place('BELT', 3);
    await box.receive('inventory.changed', count('HOSE', 20, { reserved: 0 }));
    await box.receive('inventory.changed', count('BELT', 1));
    expect(await stockOf('HOSE')).toEqual({ on_hand: 20, reserved: 4, available: 16, backordered: 0 });
    expect(await stockOf('BELT')).toEqual({ on_hand: 1, reserved: 1, available: 0, backordered: 2 });
    // Decisions go on from there.
    await box.receive('inventory.changed', count('BELT', 5));
    expect(await stockOf('BELT')).toEqual({ on_hand: 5, reserved: 3, available: 2, backordered: 0 });
    await box.runtime.execute('move-stock', { sku: 'BELT', kind: 'sell', quantity: 2 });
    expect(await stockOf('BELT')).toEqual({ on_hand: 3, reserved: 3, available: 0, backordered: 0 });
  });
});

describe('what an event sets off', () => {
  test('is in the same commit as the event, and names it as its cause', async () => {
    const orderId = await place('HOSE', 4);
    const commits: string[][] = [];
    box.runtime.subscribe((events) => commits.push(events.map((event) => event.type)));
    const { events } = await box.receive('payment.declined', payload('payment.declined', { orderId }), {
      id: 'decline-1',
      attributes: { correlationid: 'chain-1' },
    });
    expect(commits).toEqual([['payment.declined', 'order.cancelled', 'inventory.changed']]);
    const [received, cancelled, released] = events;
    expect(received).toMatchObject({ id: 'decline-1', correlationid: 'chain-1' });
    expect(received).not.toHaveProperty('sequence');
    expect(cancelled).toMatchObject({ correlationid: 'chain-1', causationid: 'decline-1', lane: 'live' });
    expect(released).toMatchObject({ correlationid: 'chain-1', causationid: cancelled?.id });
    expect(await stockOf('HOSE')).toEqual({ on_hand: 10, reserved: 0, available: 10, backordered: 0 });
    expect(await box.rows('SELECT declined_at IS NOT NULL AS d, cancelled_at IS NOT NULL AS c FROM orders')).toEqual([
      { d: 1, c: 1 },
    ]);
  });

  test('happens once when the event is delivered again', async () => {
    const orderId = await place('HOSE', 4);
    await place('HOSE', 2);
    await box.receive('order.rejected', reject(orderId), { id: 'r-1' });
    await box.receive('order.rejected', reject(orderId), { id: 'r-1' });
    await box.receive('order.rejected', reject(orderId), { id: 'r-2' });
    expect(await stockOf('HOSE')).toEqual({ on_hand: 10, reserved: 2, available: 8, backordered: 0 });
  });

  test('happens once when two facts that end the order arrive together', async () => {
    const orderId = await place('HOSE', 4);
    await place('HOSE', 2);
    await Promise.all([
      box.receive('order.rejected', reject(orderId)),
      box.receive('payment.declined', payload('payment.declined', { orderId })),
      box.receive('order.cancelled', payload('order.cancelled', { orderId })),
    ]);
    expect(await stockOf('HOSE')).toEqual({ on_hand: 10, reserved: 2, available: 8, backordered: 0 });
  });

  test('does not happen for history', async () => {
    const orderId = await place('HOSE', 4);
    const head = box.runtime.head();
    await box.receive('order.rejected', reject(orderId), { history: true });
    expect(box.runtime.head()).toBe(head + 1);
    expect(await stockOf('HOSE')).toMatchObject({ reserved: 4 });
    expect(await box.rows('SELECT rejected_at IS NOT NULL AS r FROM orders')).toEqual([{ r: 1 }]);
  });

  test('is nothing for orders of other devices', async () => {
    const head = box.runtime.head();
    for (const type of ['order.rejected', 'payment.declined', 'shipment.dispatched'] as const) {
      await box.receive(type, payload(type, { orderId: 'elsewhere' }));
    }
    expect(box.runtime.head()).toBe(head + 3);
  });
});

describe('history of this dealer that the centre kept', () => {
  test('may hold types that only dealers make, and stock as it was', async () => {
    const orderId = 'old-order';
    const placed = payload('order.placed', { orderId, orderNumber: 'D042-B9-A-000001' });
    expect((await box.receive('order.placed', placed)).admission).toMatchObject({
      ok: false,
      reasonCode: 'wrong-direction',
    });
    await box.receive('order.accepted', payload('order.accepted', { orderId }), { history: true });
    await box.receive('order.placed', placed, { history: true });
    await box.receive('shipment.dispatched', payload('shipment.dispatched', { orderId }), { history: true });
    await box.receive('inventory.changed', count('HOSE', 7, { reserved: 2, available: 5 }), { history: true });
    const milestones = 'SELECT accepted_at IS NOT NULL AS a, shipped_at IS NOT NULL AS s, paid_at FROM orders';
    expect(await box.rows(milestones)).toEqual([{ a: 1, s: 1, paid_at: null }]);
    expect(await stockOf('HOSE')).toEqual({ on_hand: 7, reserved: 2, available: 5, backordered: 0 });
    expect((await types()).filter((type) => type === 'inventory.changed')).toHaveLength(3);
  });
});

describe('an event that breaks its contract', () => {
  const bytes = new Uint8Array([0, 255, 128, 13, 10, 0xc3, 0x28]);

  test('is kept byte for byte and reported, in one commit', async () => {
    const commits: string[][] = [];
    box.runtime.subscribe((events) => commits.push(events.map((event) => event.type)));
    const before = await digestsOf(box.store);
    const broken = { ...price('HOSE', 100), listUnitPriceMinor: 'cheap' };
    const { admission, events } = await box.runtime.receive(
      arriving('price.changed', broken, { id: 'bad-1', bytes, delivery: { stream: 'down', sequence: 9 } }),
    );
    expect(admission).toMatchObject({ ok: false, reasonCode: 'invalid-payload' });
    expect(events).toEqual([]);
    expect(commits).toEqual([['data.contract.violation']]);
    expect(await digestsOf(box.store)).toEqual(before);

    const [letter] = await box.rows('SELECT * FROM dead_letters');
    expect(letter).toMatchObject({
      status: 'open',
      origin: 'inbound',
      type: 'price.changed',
      event_id: 'bad-1',
      reason_code: 'invalid-payload',
      headers: '{"ce-type":"price.changed"}',
    });
    expect(letter?.payload).toEqual(bytes);
    expect(JSON.parse(String(letter?.violations))).toMatchObject([{ pointer: '/listUnitPriceMinor' }]);
    const [violation] = await box.rows(
      "SELECT data, lane, sequence FROM events WHERE type = 'data.contract.violation'",
    );
    expect(JSON.parse(String(violation?.data))).toMatchObject({
      deadLetterId: letter?.id,
      eventId: 'bad-1',
      payloadSha256: createHash('sha256').update(bytes).digest('hex'),
      payloadBytes: bytes.length,
    });
    expect(violation).toMatchObject({ lane: 'live', sequence: 1 });
    expect(await box.rows('SELECT stream, sequence, event_id FROM inbox')).toEqual([
      { stream: 'down', sequence: 9, event_id: letter?.id },
    ]);
  });

  test('delivered again is in the dead letters once; other bytes in its place are not taken for it', async () => {
    const deliver = (content: Uint8Array) =>
      box.runtime.receive(arriving('price.changed', {}, { bytes: content, delivery: { stream: 'down', sequence: 9 } }));
    const [first, again] = [await deliver(bytes), await deliver(bytes)];
    expect(again.repeated).toBe(true);
    expect(again.admission).toEqual(first.admission);
    await deliver(new Uint8Array([1]));
    expect(await box.rows('SELECT count(*) AS n FROM dead_letters')).toEqual([{ n: 2 }]);
  });

  test.each([
    ['unknown-type', arriving('order.eaten', {})],
    ['invalid-envelope', arriving('price.changed', price('HOSE', 1), { attributes: { specversion: '0.3' } })],
    ['invalid-envelope', arriving('price.changed', price('HOSE', 1), { attributes: { subject: 'BELT' } })],
    ['unknown-version', arriving('price.changed', price('HOSE', 1), { attributes: { dataschema: 'urn:other:1' } })],
    [
      'invalid-payload',
      arriving('price.changed', undefined, { attributes: { dataschema: 'urn:dealeriq:schema:price.changed:99' } }),
    ],
    ['wrong-direction', arriving('order.placed', payload('order.placed'))],
    ['wrong-direction', arriving('price.changed', price('HOSE', 1), { source: 'urn:dealeriq:dealer:D042:B1' })],
    ['not-permitted', arriving('ticket.created', payload('ticket.created'), { source: 'urn:dealeriq:dealer:D999:B1' })],
  ])('is refused with %s, and never fails what came with it', async (reasonCode, incoming) => {
    const [refused, fine] = await Promise.all([
      box.runtime.receive({ ...incoming, raw: { ...incoming.raw, bytes } }),
      box.receive('product.updated', product('HOSE')),
    ]);
    expect(refused.admission).toMatchObject({ ok: false, reasonCode });
    expect(fine.events).toHaveLength(1);
    expect(await box.rows('SELECT reason_code FROM dead_letters')).toEqual([{ reason_code: reasonCode }]);
  });
});

test('every read model is compared when digests are', async () => {
  const tables = projections.flatMap((projection) => projection.tables);
  expect(Object.keys(await digestsOf(box.store)).toSorted()).toEqual(tables.toSorted());
});
