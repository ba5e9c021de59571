import { afterEach, beforeEach, expect, test } from 'vitest';
import { CURSORS, readCursor } from '../../src/store/cursors.ts';
import { type EdgeBox, openShop } from '../../test/support/edge-box.ts';
import { type FakeHub, fakeHub } from '../../test/support/link-fake-hub.ts';
import { compareWithLog, eventsMadeIn, isClean } from '../../test/support/link-oracle.ts';
import { makeEvents, runLanes } from '../../test/support/link-run.ts';
import { EventTooLarge, type UpHub } from './hub.ts';
import { takeOverToken } from './resume.ts';
import { createSignal } from './signal.ts';
import { runLane } from './uplink.ts';

let box: EdgeBox;
let hub: FakeHub;
beforeEach(async () => {
  box = await openShop({ HOSE: 10_000 });
  hub = fakeHub();
});
afterEach(() => box.dispose());

const verdict = async (deviceId = 'B1') => compareWithLog(deviceId, await eventsMadeIn(box.store), hub.stored());
const cursor = async (name: string) => (await readCursor(box.store, name))?.value;

test('both lanes are sent, once and in order, over sessions and restarts', async () => {
  for (let session = 0; session < 4; session += 1) {
    await makeEvents(box, 5);
    await runLanes(box, hub.up('B1'));
    box = await box.reopen();
  }
  expect(isClean(await verdict())).toBe(true);
  expect(hub.stored()).toHaveLength(4 * 5 * 3);
});

test('the acknowledged and the confirmed place are kept for each lane and epoch', async () => {
  await makeEvents(box, 5);
  const { epoch } = box.runtime.identity;
  hub.confirm('B1', 'live', { epoch, sequence: 0 });
  await runLanes(box, hub.up('B1'));
  hub.confirm('B1', 'live', { epoch, sequence: 4 });
  await runLanes(box, hub.up('B1'));
  expect(await cursor(CURSORS.acked('live', epoch))).toBe(10);
  expect(await cursor(CURSORS.acked('bulk', epoch))).toBe(5);
  expect(await cursor(CURSORS.receipted('live', epoch))).toBe(4);
});

test('what the hub lost is sent again from the receipt on, and the acknowledged place says so meanwhile', async () => {
  await makeEvents(box, 10);
  await runLanes(box, hub.up('B1'));
  const { epoch } = box.runtime.identity;
  hub.confirm('B1', 'live', { epoch, sequence: 6 });
  hub.rollBack(0);
  const silent: UpHub = { ...hub.up('B1'), append: () => new Promise(() => undefined) };
  const abort = new AbortController();
  let resent = 0;
  const counting = {
    sent: () => undefined,
    conflict: () => undefined,
    blocked: () => undefined,
    resent: () => (resent += 1),
  };
  void runLane(
    'live',
    {
      store: box.store,
      hub: silent,
      clock: box.runtime.ports.clock,
      identity: box.runtime.identity,
      grown: createSignal(),
      report: { ...counting, resent: () => void counting.resent() },
    },
    abort.signal,
  );
  await expect.poll(() => cursor(CURSORS.acked('live', epoch))).toBe(6);
  abort.abort();
  expect(resent).toBe(1);
  await runLanes(box, hub.up('B1'));
  const live = hub.stored().filter((one) => one.lane === 'live');
  expect(live.map((one) => one.sequence)).toEqual(Array.from({ length: 14 }, (_, index) => index + 7));
});

test('a loss is noticed while nothing new is made', async () => {
  await makeEvents(box, 3);
  let nowMs = 1_000;
  const abort = new AbortController();
  const grown = createSignal();
  const work = runLane(
    'live',
    {
      store: box.store,
      hub: hub.up('B1'),
      clock: { nowMs: () => nowMs },
      identity: box.runtime.identity,
      grown,
      report: { sent: () => undefined, conflict: () => undefined, blocked: () => undefined, resent: () => undefined },
    },
    abort.signal,
  );
  await expect.poll(() => hub.stored().length).toBe(6);
  hub.rollBack(2);
  nowMs += 6_000;
  grown.raise();
  await expect.poll(() => hub.stored().length).toBe(6);
  abort.abort();
  await work;
});

test('an event that the hub cannot take holds up its own lane only', async () => {
  await makeEvents(box, 3);
  const up = hub.up('B1');
  const end = await runLanes(box, {
    ...up,
    append: (lane, after, events) =>
      lane === 'bulk' ? Promise.reject(new EventTooLarge('Event x is too large.')) : up.append(lane, after, events),
  });
  expect(end).toMatchObject({ refused: false, errors: ['Event x is too large.'] });
  expect(hub.stored().map((one) => one.lane)).toEqual(Array(6).fill('live'));
});

test("a second device is refused, and takes over only at an operator's word, without repeating itself", async () => {
  await makeEvents(box, 3);
  await runLanes(box, hub.up('B1'));
  const first = hub.stored();
  const other = await openShop({ HOSE: 10_000 }, { deviceId: 'B2' });
  await makeEvents(other, 2);
  expect((await runLanes(other, hub.up('B2'))).refused).toBe(true);
  expect(hub.stored()).toEqual(first);
  const token = takeOverToken({
    deviceId: 'B1',
    epoch: box.runtime.identity.epoch,
    sequence: 6,
    eventId: '',
    hubSequence: 0,
  });
  expect((await runLanes(other, hub.up('B2'), token)).refused).toBe(false);
  expect(hub.stored()).toHaveLength(first.length + 6);
  expect((await runLanes(box, hub.up('B1'))).refused).toBe(true);
  // And back.
  await makeEvents(box, 1);
  const back = takeOverToken({
    deviceId: 'B2',
    epoch: other.runtime.identity.epoch,
    sequence: 4,
    eventId: '',
    hubSequence: 0,
  });
  await runLanes(box, hub.up('B1'), back);
  const mine = hub.stored().filter((one) => one.deviceId === 'B1');
  expect(isClean(compareWithLog('B1', await eventsMadeIn(box.store), mine))).toBe(true);
  await other.dispose();
});

test('what is made while a full batch is on its way is sent at once', async () => {
  await makeEvents(box, 500);
  const up = hub.up('B1');
  const grown = createSignal();
  const abort = new AbortController();
  const stop = box.runtime.subscribe(() => grown.raise());
  let full = false;
  const work = runLane(
    'live',
    {
      store: box.store,
      hub: {
        ...up,
        async append(lane, after, events) {
          if (!full && events.length === 1_000) {
            full = true;
            await new Promise((resolve) => setTimeout(resolve, 100));
            await makeEvents(box, 1);
          }
          return up.append(lane, after, events);
        },
      },
      clock: box.runtime.ports.clock,
      identity: box.runtime.identity,
      grown,
      report: { sent: () => undefined, conflict: () => undefined, blocked: () => undefined, resent: () => undefined },
    },
    abort.signal,
  );
  // Well before the lane would look by itself.
  await expect.poll(() => hub.stored().length, { timeout: 2_000 }).toBe(1_002);
  expect(full).toBe(true);
  abort.abort();
  stop();
  await work;
});
