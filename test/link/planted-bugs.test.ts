import { describe, expect, test } from 'vitest';
import type { Lane } from '../../src/core/event.ts';
import { CURSORS, cursorStatement, readCursor } from '../../src/store/cursors.ts';
import { HubConflict, type UpHub } from '../../sync/core/hub.ts';
import { idAt, lastAcked, lastPlace, type OutboxEvent } from '../../sync/core/outbox.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { fakeHub } from '../support/link-fake-hub.ts';
import { compareWithLog, eventsMadeIn, isClean, type MadeEvent, type Verdict } from '../support/link-oracle.ts';
import { makeEvents, runLanes } from '../support/link-run.ts';

/**
 * The checks are checked: each bug is planted by wrapping a port, the same story is run, and the oracle has to find
 * it. Without a bug the story ends well.
 */

interface UpBug {
  readonly bug: string;
  plant(hub: UpHub, box: EdgeBox): UpHub;
  /** What shows it. */
  readonly shows: RegExp;
}

const placeOfLast = async (hub: UpHub, lane: Lane) => (await hub.lastStored(lane))?.hubSequence ?? 0;
const shifted =
  (by: number) =>
  (hub: UpHub, box: EdgeBox): UpHub => ({
    ...hub,
    async lastStored(lane) {
      const stored = await hub.lastStored(lane);
      if (stored === undefined) return undefined;
      const sequence = stored.sequence + by;
      return { ...stored, sequence, eventId: (await idAt(box.store, lane, { ...stored, sequence })) ?? '' };
    },
  });

const upBugs: readonly UpBug[] = [
  {
    bug: 'the guard is off: an append follows whatever is there',
    plant: (hub) => ({
      ...hub,
      append: async (lane, _after, events) => hub.append(lane, await placeOfLast(hub, lane), events),
    }),
    shows: /duplicated/,
  },
  {
    bug: 'a conflict is answered by the same append again, without reading the last event anew',
    plant: (hub) => ({
      ...hub,
      append: (lane, after, events) =>
        hub.append(lane, after, events).catch(async (error: unknown) => {
          if (!(error instanceof HubConflict)) throw error;
          return hub.append(lane, await placeOfLast(hub, lane), events);
        }),
    }),
    shows: /duplicated/,
  },
  {
    bug: 'an append is acknowledged before it is stored',
    plant: (hub) => ({ ...hub, append: async (_lane, after, events) => after + events.length }),
    shows: /lost/,
  },
  {
    bug: 'the acknowledged cursor moves before the answer',
    plant: (hub, box) => ({
      ...hub,
      async append(lane, after, events) {
        const last = events.at(-1) as OutboxEvent;
        await box.store.batch([cursorStatement(CURSORS.acked(lane, last.epoch), last.sequence, 1)]);
        if (after > 0) throw new Error('cut');
        return hub.append(lane, after, events);
      },
    }),
    shows: /acknowledged before/,
  },
  { bug: 'it goes on one place too late', plant: shifted(1), shows: /lost/ },
  { bug: 'it goes on one place too early', plant: shifted(-1), shows: /duplicated/ },
  {
    bug: 'it goes on from its own cursor, not from what the hub has',
    plant: (hub, box) => ({
      ...hub,
      async lastStored(lane) {
        const stored = await hub.lastStored(lane);
        const acked = await lastAcked(box.store, lane);
        if (stored === undefined || acked === undefined) return stored;
        return { ...stored, ...acked, eventId: (await idAt(box.store, lane, acked)) ?? '' };
      },
    }),
    shows: /lost/,
  },
  {
    bug: 'the lanes are mixed',
    plant: (hub) => ({
      ...hub,
      append: async (_lane, _after, events) => hub.append('live', await placeOfLast(hub, 'live'), events),
    }),
    shows: /foreign|duplicated|lost/,
  },
  {
    bug: 'the events of a batch are in another order',
    plant: (hub) => ({ ...hub, append: (lane, after, events) => hub.append(lane, after, events.toReversed()) }),
    shows: /reordered/,
  },
  {
    bug: 'a batch is larger than the hub takes',
    plant: (hub) => ({
      ...hub,
      append: (lane, after, events) =>
        hub.append(
          lane,
          after,
          Array.from({ length: 1_001 }, (_, n) => events[n % events.length] as OutboxEvent),
        ),
    }),
    shows: /lost/,
  },
  {
    bug: 'a payload is written anew instead of as it was logged',
    plant: (hub) => ({
      ...hub,
      append: (lane, after, events) =>
        hub.append(
          lane,
          after,
          events.map((one) => ({ ...one, dataText: JSON.stringify(JSON.parse(one.dataText), null, 1) })),
        ),
    }),
    shows: /altered/,
  },
  {
    bug: "the log is trimmed on the hub's acknowledgement",
    plant: (hub, box) => ({
      ...hub,
      async append(lane, after, events) {
        const place = await hub.append(lane, after, events);
        const last = events.at(-1) as OutboxEvent;
        await box.store.batch([
          { sql: 'DELETE FROM events WHERE lane = ? AND sequence < ?', args: [lane, last.sequence] },
        ]);
        return place;
      },
    }),
    shows: /lost/,
  },
];

/** The kinds that were found: the list of problems is cut off. */
function counted(verdict: Verdict): string[] {
  const kinds = ['lost', 'duplicated', 'reordered', 'altered', 'foreign'] as const;
  return kinds.filter((kind) => verdict[kind] > 0).map((kind) => `${kind}: ${verdict[kind]}`);
}

/** A lost answer, a zombie's late append, a hub that is rolled back: what went wrong, in sentences. */
async function upStory(plant: UpBug['plant']): Promise<string> {
  const box = await openShop({ HOSE: 1_000 });
  const hub = fakeHub();
  const planted = plant(hub.up('B1'), box);
  const made = new Map<string, MadeEvent>();
  const remember = async () => {
    for (const one of await eventsMadeIn(box.store)) made.set(one.id, one);
  };
  let first: { lane: Lane; after: number; events: readonly OutboxEvent[] } | undefined;

  await makeEvents(box, 10);
  await remember();
  await runLanes(box, {
    ...planted,
    async append(lane, after, events) {
      first ??= { lane, after, events };
      await planted.append(lane, after, events);
      throw new Error('The answer got lost.');
    },
  });
  await makeEvents(box, 10);
  await remember();
  await runLanes(box, planted);
  const zombie = async () => {
    if (first !== undefined) await planted.append(first.lane, first.after, first.events).catch(() => undefined);
  };
  await zombie();
  hub.rollBack(Math.floor(hub.stored().length / 2));
  await makeEvents(box, 5);
  await remember();
  await runLanes(box, planted);
  await zombie();

  const verdict = compareWithLog('B1', [...made.values()], hub.stored());
  const problems = isClean(verdict) ? [] : [...verdict.problems, ...counted(verdict)];
  for (const lane of ['live', 'bulk'] as const) {
    const stored = await hub.up('B1').lastStored(lane);
    const acked = (await readCursor(box.store, CURSORS.acked(lane, box.runtime.identity.epoch)))?.value ?? 0;
    if (acked > (stored?.sequence ?? 0)) problems.push(`${lane} acknowledged before it was stored`);
  }
  await box.dispose();
  return problems.join('\n');
}

describe('upwards', () => {
  test('the story without a bug ends well', async () => {
    expect(await upStory((hub) => hub)).toBe('');
  });

  test.each(upBugs)('found: $bug', async ({ plant, shows }) => {
    expect(await upStory(plant)).toMatch(shows);
  });

  test('found: the epoch is not raised when a backup is restored', async () => {
    const hub = fakeHub();
    const box = await openShop({ HOSE: 1_000 });
    await makeEvents(box, 5);
    const backup = await eventsMadeIn(box.store);
    await runLanes(box, hub.up('B1'));
    await makeEvents(box, 5);
    await runLanes(box, hub.up('B1'));
    // The backup in its place: it gives out the same sequences again.
    await box.store.batch([
      { sql: 'DELETE FROM events WHERE sequence > 5 AND lane = ?', args: ['bulk'] },
      {
        sql: 'DELETE FROM events WHERE position > (SELECT max(position) FROM events WHERE sequence <= ? AND lane = ?)',
        args: [5, 'bulk'],
      },
    ]);
    const restored = await box.reopen();
    await makeEvents(restored, 8);
    const end = await runLanes(restored, hub.up('B1'));
    expect(end.refused).toBe(true);
    const verdict = compareWithLog('B1', await eventsMadeIn(restored.store), hub.stored());
    expect(verdict.altered).toBeGreaterThan(0);
    expect(backup.length).toBeGreaterThan(0);
    expect(await lastPlace(restored.store, 'live')).not.toEqual({ epoch: 0, sequence: 0 });
    await restored.dispose();
  });

  test("found: a second device follows without an operator's word", async () => {
    const hub = fakeHub();
    const box = await openShop({ HOSE: 1_000 });
    await makeEvents(box, 3);
    await runLanes(box, hub.up('B1'));
    const other = await openShop({ HOSE: 1_000 }, { deviceId: 'B2' });
    await makeEvents(other, 3);
    const up = hub.up('B2');
    expect((await runLanes(other, up)).refused).toBe(true);
    const made = await eventsMadeIn(box.store);
    expect(isClean(compareWithLog('B1', made, hub.stored()))).toBe(true);
    await runLanes(other, {
      ...up,
      async lastStored(lane) {
        const stored = await up.lastStored(lane);
        return stored && { ...stored, deviceId: 'B2', epoch: 0, sequence: 0 };
      },
    });
    expect(compareWithLog('B1', made, hub.stored()).foreign).toBeGreaterThan(0);
    await box.dispose();
    await other.dispose();
  });
});
