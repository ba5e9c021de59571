import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf } from '../support/code-of.ts';
import { type CountingDriver, countingDriver } from '../support/counting-driver.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';

describe('an idempotency key', () => {
  let box: EdgeBox;
  let driver: CountingDriver;
  beforeEach(async () => {
    box = await openShop(
      { HOSE: 100 },
      {
        wrap: (inner) => {
          driver = countingDriver(inner);
          return driver;
        },
      },
    );
  });
  afterEach(() => box.dispose());

  const place = (quantity: number, idempotencyKey: string) =>
    box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity }] }, { idempotencyKey });
  const orders = async () => (await box.rows('SELECT count(*) AS n FROM orders'))[0]?.n;

  test('gives the same request the same order again', async () => {
    const first = await place(3, 'k');
    const again = await place(3, 'k');
    expect(first.repeated).toBe(false);
    expect(again.repeated).toBe(true);
    expect(again.events[0]).toEqual(first.events[0]);
    expect(await orders()).toBe(1);
  });

  test('means the same whatever the order of members in the request', async () => {
    await box.runtime.execute(
      'place-order',
      { lines: [{ sku: 'HOSE', quantity: 3 }], note: 'n' },
      { idempotencyKey: 'k' },
    );
    const again = await box.runtime.execute(
      'place-order',
      { note: 'n', lines: [{ quantity: 3, sku: 'HOSE' }] },
      { idempotencyKey: 'k' },
    );
    expect(again.repeated).toBe(true);
  });

  test('refuses another request', async () => {
    await place(3, 'k');
    expect(await codeOf(place(4, 'k'))).toBe('idempotency-conflict');
    const other = box.runtime.execute(
      'move-stock',
      { sku: 'HOSE', kind: 'sell', quantity: 3 },
      { idempotencyKey: 'k' },
    );
    expect(await codeOf(other)).toBe('idempotency-conflict');
    expect(await orders()).toBe(1);
  });

  test('gives requests at once one order, in one commit', async () => {
    const before = driver.transactions();
    const answers = await Promise.all([place(3, 'k'), place(3, 'k'), place(3, 'k')]);
    expect(answers.map((answer) => answer.repeated)).toEqual([false, true, true]);
    expect(driver.transactions() - before).toBe(1);
    expect(new Set(answers.map((answer) => answer.events[0]?.id)).size).toBe(1);
    expect(await orders()).toBe(1);
  });

  test('refuses another request that comes at the same time', async () => {
    const codes = await Promise.all([codeOf(place(3, 'k')), codeOf(place(4, 'k')), codeOf(place(3, 'other'))]);
    expect(codes).toEqual(['done', 'idempotency-conflict', 'done']);
    expect(await orders()).toBe(2);
  });

  test('is not used up by a request that is refused', async () => {
    expect(await codeOf(place(0, 'k'))).toBe('invalid-order');
    expect((await place(3, 'k')).repeated).toBe(false);
  });

  test('holds after the box is opened again', async () => {
    const first = await place(3, 'k');
    box = await box.reopen();
    expect((await place(3, 'k')).events[0]).toEqual(first.events[0]);
    expect(await codeOf(place(4, 'k'))).toBe('idempotency-conflict');
  });
});
