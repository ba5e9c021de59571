import { afterEach, describe, expect, test } from 'vitest';
import { codeOf } from '../support/code-of.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { payload } from '../support/facts.ts';

const boxes: EdgeBox[] = [];
const kept = (box: EdgeBox): EdgeBox => {
  boxes.push(box);
  return box;
};
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.dispose();
});

const order = (sku: string, quantity = 1) => ({ lines: [{ sku, quantity }] });
const ticket = (title: string) => {
  const { ticketId: _id, createdAt: _at, ...input } = payload('ticket.created', { title });
  return input;
};

/** Positions 1, 2, 3, … and for each epoch and lane sequences 1, 2, 3, … in the order of positions. */
async function expectGapFree(box: EdgeBox): Promise<void> {
  const rows = await box.rows('SELECT position, lane, epoch, sequence FROM events ORDER BY position');
  expect(rows.map((row) => row.position)).toEqual(rows.map((_, index) => index + 1));
  const next = new Map<string, number>();
  for (const { lane, epoch, sequence } of rows) {
    if (sequence === null) continue;
    const expected = (next.get(`${epoch}/${lane}`) ?? 0) + 1;
    expect(sequence).toBe(expected);
    next.set(`${epoch}/${lane}`, expected);
  }
}

describe('the log', () => {
  test('is gap-free for positions and for each lane, under concurrent commands of which some fail', async () => {
    const box = kept(await openShop({ HOSE: 50, BELT: 5 }));
    const work = Array.from({ length: 120 }, (_, index) => {
      switch (index % 6) {
        case 0:
          return box.runtime.execute('place-order', order('NOPE'));
        case 1:
          return box.runtime.execute('move-stock', { sku: 'BELT', kind: 'sell', quantity: 1_000_000 });
        case 2:
          return box.receive('product.updated', payload('product.updated', { sku: '' }));
        case 3:
          return box.runtime.execute('create-ticket', ticket(`T${index}`));
        default:
          return box.runtime.execute('place-order', order('HOSE', index));
      }
    });
    const codes = await Promise.all(work.map((one) => codeOf(one)));
    expect(codes.filter((code) => code === 'done')).toHaveLength(80);
    await expectGapFree(box);
    const [heads] = await box.rows(
      "SELECT max(position) AS head, max(CASE lane WHEN 'live' THEN sequence END) AS live FROM events",
    );
    expect(box.runtime.head()).toBe(heads?.head);
    expect(box.runtime.sequences().live).toBe(heads?.live);
  });

  test('gives received events no sequence, so that they are not sent back', async () => {
    const box = kept(await openShop({ HOSE: 1 }));
    expect(await box.rows('SELECT count(*) AS n FROM events WHERE sequence IS NOT NULL')).toEqual([{ n: 0 }]);
  });

  test('holds nothing of a decision that was refused', async () => {
    const box = kept(await openShop({ HOSE: 5 }));
    const head = box.runtime.head();
    const before = await box.rows('SELECT * FROM stock');
    expect(await codeOf(box.runtime.execute('place-order', order('NOPE'), { idempotencyKey: 'k' }))).toBe(
      'invalid-order',
    );
    expect(box.runtime.head()).toBe(head);
    expect(await box.rows('SELECT * FROM stock')).toEqual(before);
    // Neither the key nor an order number was used up.
    const placed = await box.runtime.execute('place-order', order('HOSE'), { idempotencyKey: 'k' });
    expect(placed.repeated).toBe(false);
    expect(placed.events[0]?.data).toMatchObject({ orderNumber: expect.stringMatching(/-000001$/) });
    await expectGapFree(box);
  });

  test('goes on without a gap after the box is opened again', async () => {
    const first = await openShop({ HOSE: 5 });
    await first.runtime.execute('place-order', order('HOSE'));
    const second = kept(await first.reopen());
    await second.runtime.execute('place-order', order('HOSE'));
    await expectGapFree(second);
    expect(second.runtime.identity.epoch).toBe(first.runtime.identity.epoch);
  });

  test('tells subscribers after each commit, and survives one that throws', async () => {
    const box = kept(await openShop({ HOSE: 5 }));
    const heard: string[] = [];
    box.runtime.subscribe(() => {
      throw new Error('a listener is broken');
    });
    const stop = box.runtime.subscribe((events) => heard.push(...events.map((event) => event.type)));
    await Promise.all([
      box.runtime.execute('place-order', order('HOSE')),
      box.runtime.execute('place-order', order('HOSE')),
    ]);
    expect(heard).toEqual(['order.placed', 'inventory.changed', 'order.placed', 'inventory.changed']);
    stop();
    await box.runtime.execute('place-order', order('HOSE'));
    expect(heard).toHaveLength(4);
    expect(await box.rows('SELECT count(*) AS n FROM orders')).toEqual([{ n: 3 }]);
    await expectGapFree(box);
  });

  test('refuses commands after it was closed', async () => {
    const box = kept(await openShop({ HOSE: 5 }));
    await box.close();
    expect(await codeOf(box.runtime.execute('place-order', order('HOSE')))).toBe('storage-unavailable');
  });

  test('answers what was accepted before it was closed', async () => {
    const box = kept(await openShop({ HOSE: 500 }));
    const work = Array.from({ length: 50 }, () => codeOf(box.runtime.execute('place-order', order('HOSE'))));
    await box.close();
    expect(await Promise.all(work)).toEqual(work.map(() => 'done'));
    const again = kept(await box.reopen());
    expect(await again.rows('SELECT count(*) AS n FROM orders')).toEqual([{ n: 50 }]);
  });
});

describe('order numbers', () => {
  const numbers = async (box: EdgeBox) =>
    (await box.rows('SELECT order_number FROM orders ORDER BY position')).map((row) => String(row.order_number));

  test('are gap-free under concurrent orders of which some fail, and go on after the box is opened again', async () => {
    const first = await openShop({ HOSE: 500 });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        codeOf(first.runtime.execute('place-order', order(index % 3 === 0 ? 'NOPE' : 'HOSE'))),
      ),
    );
    const box = kept(await first.reopen());
    await box.runtime.execute('place-order', order('HOSE'));
    const all = await numbers(box);
    expect(all.map((number) => Number(number.split('-').at(-1)))).toEqual(all.map((_, index) => index + 1));
    expect(all).toHaveLength(21);
  });

  test('begin a new series with a new epoch, so that a restored box repeats none', async () => {
    let nowMs = Date.parse('2026-11-02T09:00:00.000Z');
    const clock = { nowMs: () => nowMs };
    const first = await openShop({ HOSE: 500 }, { clock });
    await first.runtime.execute('place-order', order('HOSE'));
    await first.store.batch([{ sql: "DELETE FROM meta WHERE key = 'epoch'" }]);
    nowMs += 60_000;
    const box = kept(await first.reopen({ clock }));
    expect(box.runtime.identity.epoch).toBe(first.runtime.identity.epoch + 60);
    await box.runtime.execute('place-order', order('HOSE'));
    const all = await numbers(box);
    expect(all.map((number) => number.split('-').at(-1))).toEqual(['000001', '000001']);
    expect(new Set(all).size).toBe(2);
    await expectGapFree(box);
  });
});
