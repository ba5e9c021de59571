import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import type { Runtime } from '../../src/runtime.ts';
import { type EdgeBox, openBox } from '../../test/support/edge-box.ts';
import { count, price, product } from '../../test/support/facts.ts';
import { type FakeHub, fakeHub } from '../../test/support/link-fake-hub.ts';
import { appliedUpTo, priceAttributes, receivedIds, runDown, sendPrices } from '../../test/support/link-run.ts';

let box: EdgeBox;
let hub: FakeHub;
beforeEach(async () => {
  box = await openBox();
  hub = fakeHub();
});
afterEach(() => box.dispose());

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `d-${from + index}`);
const run = (place: number, runtime: Runtime = box.runtime) => runDown(runtime, hub.down, appliedUpTo(box, place));
const letters = () => box.rows('SELECT payload, reason_code, reason FROM dead_letters');

describe('deliveries', () => {
  test('are applied in order and acknowledged after that', async () => {
    sendPrices(hub, 1, 120);
    const acknowledgedAtApply: number[] = [];
    const runtime: Runtime = {
      ...box.runtime,
      receive: (incoming) => {
        acknowledgedAtApply.push(hub.acknowledged() - (incoming.delivery?.sequence ?? 0));
        return box.runtime.receive(incoming);
      },
    };
    expect((await run(120, runtime)).error).toBeUndefined();
    expect(await receivedIds(box)).toEqual(ids(1, 120));
    expect(hub.acknowledged()).toBe(120);
    expect(Math.max(...acknowledgedAtApply)).toBeLessThan(0);
  });

  test('go on after what was applied, in the next session and after a restart', async () => {
    sendPrices(hub, 1, 10);
    await run(10);
    sendPrices(hub, 11, 10);
    box = await box.reopen();
    await run(20);
    expect(await receivedIds(box)).toEqual(ids(1, 20));
    expect(await box.rows('SELECT count(*) AS n FROM inbox')).toEqual([{ n: 20 }]);
  });

  test('that are missing are noticed, and asked for again', async () => {
    sendPrices(hub, 1, 80);
    hub.skipOnce.add(3);
    hub.skipOnce.add(60);
    const end = await run(80);
    expect(end.gaps).toBe(2);
    expect(await receivedIds(box)).toEqual(ids(1, 80));
  });

  test('of a hub that was rolled back are read from the beginning, and nothing is skipped or repeated', async () => {
    sendPrices(hub, 1, 20);
    await run(20);
    hub.rewind(12);
    // The same places, now with other events in them.
    sendPrices(hub, 21, 4);
    sendPrices(hub, 13, 8);
    await run(24);
    expect(await receivedIds(box)).toEqual(ids(1, 24));
  });

  test('of a hub that was rolled back and has nothing new yet are waited for', async () => {
    sendPrices(hub, 1, 20);
    await run(20);
    hub.rewind(12);
    await run(12);
    sendPrices(hub, 21, 1);
    await run(13);
    expect(await receivedIds(box)).toEqual(ids(1, 21));
  });
});

describe('an event that cannot be applied', () => {
  const poisoned = (fails: (id: string) => Error | undefined) => {
    const tries = new Map<string, number>();
    const runtime: Runtime = {
      ...box.runtime,
      receive: (incoming) => {
        const id = String(incoming.attributes.id);
        tries.set(id, (tries.get(id) ?? 0) + 1);
        const failure = fails(id);
        return failure === undefined ? box.runtime.receive(incoming) : Promise.reject(failure);
      },
    };
    return { runtime, tries };
  };

  test.each([
    ['a fault of the program', new Error('boom')],
    ['a row that the database refuses', new EdgeError('storage-conflict', 'The database refused a row')],
  ])('for %s is tried five times, then kept byte for byte, while the rest flows', async (_name, failure) => {
    sendPrices(hub, 1, 30);
    const { runtime, tries } = poisoned((id) => (id === 'd-7' ? failure : undefined));
    expect((await run(30, runtime)).error).toBeUndefined();
    expect(tries.get('d-7')).toBe(5);
    expect(tries.get('d-8')).toBe(1);
    expect(await receivedIds(box)).toEqual(ids(1, 30).filter((id) => id !== 'd-7'));
    const [letter] = await letters();
    expect(letter).toMatchObject({ reason_code: 'apply-failed', reason: expect.stringMatching(/5 tries/) });
    expect(Buffer.from(letter?.payload as Uint8Array).toString()).toBe(
      JSON.stringify(price('HOSE', 7, { version: 7 })),
    );
  });

  test('because the database is in trouble is not to blame: the session ends, and the next one applies it', async () => {
    sendPrices(hub, 1, 5);
    const full = new EdgeError('storage-full', 'full');
    const { runtime } = poisoned((id) => (id === 'd-3' ? full : undefined));
    expect((await run(5, runtime)).error).toBe(full);
    expect(await letters()).toEqual([]);
    expect(hub.acknowledged()).toBe(0);
    await run(5);
    expect((await receivedIds(box)).toSorted()).toEqual(ids(1, 5));
  });

  test('because it breaks its contract goes to the dead letters as it came, once', async () => {
    const bytes = new Uint8Array([0, 255, 13, 10, 0xc3, 0x28]);
    sendPrices(hub, 1, 3);
    hub.send({ attributes: priceAttributes('d-bad'), bytes });
    hub.send({ attributes: { type: 'order.eaten' }, bytes });
    sendPrices(hub, 4, 3);
    await run(8);
    hub.skipOnce.add(9);
    sendPrices(hub, 7, 2);
    await run(10);
    expect(await receivedIds(box)).toEqual(ids(1, 8));
    expect((await letters()).map((one) => one.payload)).toEqual([bytes, bytes]);
    expect((await letters()).map((one) => one.reason_code).toSorted()).toEqual(['invalid-envelope', 'invalid-payload']);
  });

  test('yet, because its version is newer than this program, is kept and changes nothing', async () => {
    await box.receive('product.updated', product('HOSE'));
    hub.send({
      attributes: priceAttributes('d-1', { dataschema: 'urn:dealeriq:schema:price.changed:99' }),
      bytes: new TextEncoder().encode('{"new":"shape"}'),
    });
    await run(1);
    expect(await box.rows("SELECT version, data FROM events WHERE id = 'd-1'")).toEqual([
      { version: 99, data: '{"new":"shape"}' },
    ]);
    expect(await box.rows('SELECT count(*) AS n FROM prices')).toEqual([{ n: 0 }]);
    expect(await letters()).toEqual([]);
  });
});

describe('a snapshot', () => {
  const SKUS = 34_000;
  const rows = (skus: number) => {
    const event = (type: string, sku: string, data: unknown) => ({
      attributes: { ...priceAttributes(`snap-${type}-${sku}`), type },
      data,
    });
    return Array.from({ length: skus }, (_, index) => `S-${index}`).flatMap((sku) => [
      event('product.updated', sku, product(sku)),
      event('price.changed', sku, price(sku, 100)),
      event('inventory.changed', sku, count(sku, 5)),
    ]);
  };

  test(`of ${SKUS * 3} rows is read once, and the stream goes on behind it without a repeat`, {
    timeout: 180_000,
  }, async () => {
    sendPrices(hub, 1, 40);
    hub.publishSnapshot(rows(SKUS), 30);
    const end = await runDown(box.runtime, hub.down, appliedUpTo(box, 40), 150_000);
    expect(end).toMatchObject({ error: undefined, gaps: 0, snapshotEvents: SKUS * 3 });
    expect(await receivedIds(box)).toEqual(ids(31, 40));
    expect(await box.rows('SELECT count(*) AS n FROM stock WHERE on_hand = 5')).toEqual([{ n: SKUS }]);
    expect(await box.rows('SELECT count(*) AS n FROM products')).toEqual([{ n: SKUS }]);
    const head = box.runtime.head();
    expect(head).toBe(SKUS * 3 + 10);
    sendPrices(hub, 41, 1);
    const again = await run(41);
    expect(again.snapshotEvents).toBe(0);
    expect(box.runtime.head()).toBe(head + 1);
  });

  test('that broke off is read again, and what came of it the first time is not repeated', async () => {
    hub.publishSnapshot(rows(400), 5);
    let left = 700;
    const runtime: Runtime = {
      ...box.runtime,
      receive: (incoming) => {
        left -= 1;
        if (left < 0) return Promise.reject(new EdgeError('storage-unavailable', 'gone'));
        return box.runtime.receive(incoming);
      },
    };
    expect((await run(5, runtime)).error).toBeInstanceOf(EdgeError);
    await runDown(box.runtime, hub.down, appliedUpTo(box, 5), 10_000);
    expect(box.runtime.head()).toBe(1_200);
  });
});
