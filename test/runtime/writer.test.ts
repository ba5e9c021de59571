import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databasePath } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { LoggedEvent } from '../../src/core/event.ts';
import type { OrderPlaced } from '../../src/events/transactional/order.ts';
import { projections } from '../../src/projections/list.ts';
import { ownEvents } from '../../src/runtime/own-events.ts';
import type { Outcome, Task } from '../../src/runtime/task.ts';
import { Writer } from '../../src/runtime/writer.ts';
import { codeOf } from '../support/code-of.ts';
import { type CountingDriver, countingDriver } from '../support/counting-driver.ts';
import { type EdgeBox, openBox, openShop } from '../support/edge-box.ts';
import { count } from '../support/facts.ts';

let box: EdgeBox;
let driver: CountingDriver;
beforeEach(async () => {
  box = await openShop({ HOSE: 10 }, { wrap: (inner) => (driver = countingDriver(inner)) });
});
afterEach(() => box.dispose());

const positions = async () => {
  const rows = await box.rows('SELECT position, lane, epoch, sequence FROM events ORDER BY position');
  const live = rows.filter((row) => row.lane === 'live').map((row) => `${row.epoch}/${row.sequence}`);
  expect(rows.map((row) => row.position)).toEqual(rows.map((_, index) => index + 1));
  expect(new Set(live).size).toBe(live.length);
  const sequences = live.map((name) => Number(name.split('/')[1]));
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
};

describe('a group of tasks', () => {
  let writer: Writer;
  beforeEach(async () => {
    writer = await Writer.open({
      store: box.store,
      ports: nodePorts,
      identity: box.runtime.identity,
      projections,
      committed: () => undefined,
    });
  });

  /** Receives pieces: what each sees depends on the ones before it. */
  const receives = (quantity: number, also: (outcome: Outcome) => Outcome = (outcome) => outcome): Task => ({
    needs: () => [{ kind: 'stock', key: 'HOSE' }],
    decide: (context) => {
      const state = context.view.get('stock', 'HOSE');
      const onHand = state.onHand + quantity;
      const fact = { type: 'inventory.changed', data: count('HOSE', onHand, { version: state.version + 1 }) };
      return also({ events: ownEvents([fact], context, {}) });
    },
  });

  const poisons: Record<string, Task> = {
    'cannot say what it needs': {
      ...receives(100),
      needs: () => {
        throw new TypeError('poison');
      },
    },
    'throws when it decides': {
      ...receives(100),
      decide: () => {
        throw new TypeError('poison');
      },
    },
    'reads what it did not ask for': {
      ...receives(100),
      decide: (context) => ({ events: [context.view.get('product', 'X') as never] }),
    },
    'leads to an event that no state can take in': receives(100, (outcome) => ({
      events: [...outcome.events, ...outcome.events.map((event) => ({ ...event, id: 'broken', data: null }))],
    })),
    'leads to a statement that the database refuses': receives(100, (outcome) => ({
      ...outcome,
      statements: [{ sql: 'INSERT INTO no_such_table VALUES (1)' }],
    })),
    'leads to a row that exists': receives(100, (outcome) => ({
      ...outcome,
      statements: [{ insert: 'meta', columns: ['key', 'value'], rows: [['epoch', '1']] }],
    })),
    'leads to an event whose id is taken': receives(100, (outcome) => ({
      events: outcome.events.map((event) => ({ ...event, id: 'taken' })),
    })),
  };

  test.each(Object.entries(poisons))('commits all but one that %s', async (_what, poison) => {
    await writer.submit(receives(1, ({ events }) => ({ events: events.map((event) => ({ ...event, id: 'taken' })) })));
    const results = await Promise.allSettled([
      writer.submit(receives(1)),
      writer.submit(receives(2)),
      writer.submit(poison),
      writer.submit(receives(3)),
      writer.submit(receives(4)),
    ]);
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    // 10 + 1 + 1 + 2 + 3 + 4, without a trace of the 100, in what is stored and in what is decided next.
    expect(await box.rows('SELECT on_hand FROM stock')).toEqual([{ on_hand: 21 }]);
    await writer.submit(receives(1));
    expect(await box.rows('SELECT on_hand FROM stock')).toEqual([{ on_hand: 22 }]);
    expect(await box.rows('SELECT count(*) AS n FROM events WHERE id = ?', 'broken')).toEqual([{ n: 0 }]);
    await positions();
  });

  test('waits for work that runs between two commits', async () => {
    const order: string[] = [];
    const exclusive = writer.exclusive(async (head) => {
      order.push(`exclusive at ${head}`);
      await nodePorts.scheduler.yield();
      order.push('exclusive ends');
    });
    const submitted = writer.submit(receives(1)).then(() => order.push('committed'));
    await Promise.all([exclusive, submitted]);
    expect(order).toEqual([`exclusive at ${writer.head - 1}`, 'exclusive ends', 'committed']);
  });

  test('goes on after work between two commits that fails', async () => {
    const failing = writer.exclusive(() => Promise.reject(new Error('no')));
    const submitted = writer.submit(receives(1));
    await expect(failing).rejects.toThrow('no');
    expect((await submitted).events).toHaveLength(1);
  });
});

describe('commands that wait together', () => {
  const place = (idempotencyKey: string) =>
    box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] }, { idempotencyKey });

  test('share few commits', async () => {
    const before = driver.transactions();
    await Promise.all(Array.from({ length: 64 }, (_, index) => place(`k${index}`)));
    expect(driver.transactions() - before).toBeLessThanOrEqual(2);
  });

  test('see what those before them did', async () => {
    const placed = await Promise.all(Array.from({ length: 15 }, (_, index) => place(`k${index}`)));
    expect(await box.rows('SELECT on_hand, reserved, backordered FROM stock')).toEqual([
      { on_hand: 10, reserved: 10, backordered: 5 },
    ]);
    const backordered = placed.map(({ events: [first] }) =>
      (first as LoggedEvent<'order.placed', OrderPlaced>).data.lines.map((line) => line.backordered),
    );
    expect(backordered).toEqual(backordered.map((_, index) => [index < 10 ? 0 : 1]));
  });

  test('are each told when another process holds the file, after one wait, and later succeed with their keys', async () => {
    const other = createClient({ url: `file:${databasePath(box.folder)}`, concurrency: 1 });
    const lock = await other.transaction('write');
    const before = driver.transactions();
    const codes = await Promise.all(['a', 'b', 'c'].map((key) => codeOf(place(key))));
    expect(codes).toEqual(['storage-unavailable', 'storage-unavailable', 'storage-unavailable']);
    expect(driver.transactions() - before).toBe(1);
    await lock.rollback();
    other.close();
    for (const key of ['a', 'b', 'c']) expect((await place(key)).repeated).toBe(false);
    expect(await box.rows('SELECT reserved FROM stock')).toEqual([{ reserved: 3 }]);
    await positions();
  });
});

describe('two writers on one file', () => {
  const placeOn = (one: EdgeBox, key: string) =>
    one.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] }, { idempotencyKey: key });

  /** Every order that was answered is there once, with its stock, and no position or sequence twice. */
  async function expectNothingLost(answered: number): Promise<void> {
    await positions();
    expect(await box.rows('SELECT count(*) AS n, count(DISTINCT order_number) AS d FROM orders')).toEqual([
      { n: answered, d: answered },
    ]);
    expect(await box.rows('SELECT reserved + backordered AS held FROM stock')).toEqual([{ held: answered }]);
    const [last] = await box.rows('SELECT max(order_number) AS number FROM orders');
    expect(Number(String(last?.number).split('-').at(-1))).toBe(answered);
  }

  test('in turn lose nothing: each notices what the other wrote', async () => {
    const other = await openBox({ folder: box.folder });
    for (let index = 0; index < 6; index += 1) await placeOn(index % 2 === 0 ? box : other, `k${index}`);
    await other.close();
    await expectNothingLost(6);
  });

  test('at once lose nothing that they answered', async () => {
    const other = await openBox({ folder: box.folder });
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const one = index % 2 === 0 ? box : other;
        for (let round = 0; round < 3; round += 1) await codeOf(placeOn(one, `k${index}-${round}`));
        return codeOf(placeOn(one, `k${index}-0`));
      }),
    );
    await other.close();
    const [orders] = await box.rows('SELECT count(*) AS n FROM orders');
    expect(codes.filter((code) => code !== 'done' && code !== 'storage-changed')).toEqual([]);
    await expectNothingLost(Number(orders?.n));
  });

  test('give one order to a key that both are asked with', async () => {
    const other = await openBox({ folder: box.folder });
    const answers = await Promise.all([placeOn(box, 'same'), placeOn(other, 'same')]);
    await other.close();
    expect(new Set(answers.map((answer) => answer.events[0]?.id)).size).toBe(1);
    await expectNothingLost(1);
  });

  test('in two processes lose nothing that they answered', async () => {
    const script = fileURLToPath(new URL('../support/place-orders.ts', import.meta.url));
    const child = promisify(execFile)(process.execPath, [script, box.folder, 'HOSE', '40', 'child']);
    let ended = false;
    const childEnds = child.finally(() => {
      ended = true;
    });
    let answered = 0;
    for (let index = 0; !ended; index += 1) {
      if ((await codeOf(placeOn(box, `parent-${index}`))) === 'done') answered += 1;
    }
    const codes = JSON.parse((await childEnds).stdout) as string[];
    expect(codes).toHaveLength(40);
    answered += codes.filter((code) => code === 'done').length;
    expect(answered).toBeGreaterThan(0);
    await expectNothingLost(answered);
  });
});
