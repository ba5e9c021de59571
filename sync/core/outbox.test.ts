import { afterEach, beforeEach, expect, test } from 'vitest';
import { CURSORS, cursorStatement } from '../../src/store/cursors.ts';
import { type EdgeBox, openBox } from '../../test/support/edge-box.ts';
import { BEGINNING, comparePlaces, idAt, lastAcked, lastPlace, type Place, readOutbox } from './outbox.ts';

let box: EdgeBox;
let position = 0;
beforeEach(async () => {
  box = await openBox();
  position = 0;
});
afterEach(() => box.dispose());

const write = (lane: string | null, epoch: number | null, sequence: number | null, data = '{}') => {
  position += 1;
  return box.store.batch([
    {
      sql: `INSERT INTO events (position, id, type, version, source, subject, time, dealer_id, lane, epoch, sequence, correlation_id, data, recorded_at_ms)
        VALUES (?, ?, 'order.placed', 1, 's', 'x', 't', 'D042', ?, ?, ?, 'c', ?, 0)`,
      args: [position, `e${position}`, lane, epoch, sequence, data],
    },
  ]);
};
const read = async (after: Place, limit = 1_000, bytesMax = 1_000_000) =>
  (await readOutbox(box.store, 'live', after, limit, bytesMax)).map((one) => `${one.epoch}/${one.sequence}`);

test('the events of a lane come in order, without those of the other lane and those that came from elsewhere', async () => {
  await write('live', 5, 1);
  await write('bulk', 5, 1);
  await write(null, null, null);
  await write('live', 5, 2);
  expect(await read(BEGINNING)).toEqual(['5/1', '5/2']);
  expect(await read({ epoch: 5, sequence: 1 })).toEqual(['5/2']);
  expect(await read({ epoch: 5, sequence: 2 })).toEqual([]);
});

test('an earlier epoch comes first, and one answer never holds two', async () => {
  await write('live', 9, 1);
  await write('live', 9, 2);
  await write('live', 5, 3);
  await write('live', 5, 4);
  expect(await read({ epoch: 5, sequence: 2 })).toEqual(['5/3', '5/4']);
  expect(await read({ epoch: 5, sequence: 4 })).toEqual(['9/1', '9/2']);
  expect(await read({ epoch: 5, sequence: 80 })).toEqual(['9/1', '9/2']);
  expect(await lastPlace(box.store, 'live')).toEqual({ epoch: 9, sequence: 2 });
  expect(await lastPlace(box.store, 'bulk')).toEqual(BEGINNING);
});

test('an answer ends at the count and at the bytes', async () => {
  for (let sequence = 1; sequence <= 10; sequence += 1) await write('live', 5, sequence, 'x'.repeat(100));
  expect(await read(BEGINNING, 4)).toHaveLength(4);
  expect(await read(BEGINNING, 1_000, 350)).toHaveLength(3);
});

test('bytes are those that are sent, not characters', async () => {
  for (let sequence = 1; sequence <= 4; sequence += 1) await write('live', 5, sequence, 'ü'.repeat(100));
  expect(await read(BEGINNING, 1_000, 450)).toHaveLength(2);
});

test('one huge event goes alone, and neither stops nor takes along what stands around it', async () => {
  await write('live', 5, 1);
  await write('live', 5, 2, 'x'.repeat(10_000));
  await write('live', 5, 3);
  expect(await read(BEGINNING, 1_000, 1_000)).toEqual(['5/1']);
  expect(await read({ epoch: 5, sequence: 1 }, 1_000, 1_000)).toEqual(['5/2']);
  expect(await read({ epoch: 5, sequence: 2 }, 1_000, 1_000)).toEqual(['5/3']);
});

test('the payload is the text that was logged', async () => {
  const data = '{ "b":1,  "a":1.0, "ü":"\\u00fc" }';
  await write('live', 5, 1, data);
  expect((await readOutbox(box.store, 'live', BEGINNING, 1, 1))[0]?.dataText).toBe(data);
});

test('places are compared by epoch, then by sequence', () => {
  expect(comparePlaces({ epoch: 1, sequence: 9 }, { epoch: 2, sequence: 1 })).toBeLessThan(0);
  expect(comparePlaces({ epoch: 2, sequence: 9 }, { epoch: 2, sequence: 1 })).toBeGreaterThan(0);
  expect(comparePlaces({ epoch: 2, sequence: 1 }, { epoch: 2, sequence: 1 })).toBe(0);
});

test('a place names its event, and the last acknowledged place is of the latest epoch that has one', async () => {
  await write('live', 5, 1);
  await write('live', 9, 1);
  expect(await idAt(box.store, 'live', { epoch: 9, sequence: 1 })).toBe('e2');
  expect(await idAt(box.store, 'live', { epoch: 9, sequence: 2 })).toBeUndefined();
  expect(await lastAcked(box.store, 'live')).toBeUndefined();
  await box.store.batch([cursorStatement(CURSORS.acked('live', 5), 1, 0)]);
  expect(await lastAcked(box.store, 'live')).toEqual({ epoch: 5, sequence: 1 });
  await box.store.batch([
    cursorStatement(CURSORS.acked('live', 9), 1, 0),
    cursorStatement(CURSORS.acked('bulk', 9), 7, 0),
  ]);
  expect(await lastAcked(box.store, 'live')).toEqual({ epoch: 9, sequence: 1 });
});
