import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lane } from '../../src/core/event.ts';
import type { Delivery, DownHub, SnapshotEvent, UpHub } from '../../sync/core/hub.ts';
import { HubConflict } from '../../sync/core/hub.ts';
import type { OutboxEvent, Place } from '../../sync/core/outbox.ts';

/** A hub under test, for dealer D042, with what the suite needs to do around it. */
export interface HubUnderTest {
  /** The up side as one device sees it. */
  up(deviceId: string): UpHub;
  readonly down: DownHub;
  /** The centre confirms. */
  confirm(deviceId: string, lane: Lane, place: Place): Promise<void>;
  /** The centre sends `price.changed` down to this dealer. */
  send(id: string, bytes: Uint8Array): Promise<void>;
  publishSnapshot(events: readonly SnapshotEvent[], coversSequence: number): Promise<void>;
  dispose(): Promise<void>;
}

export function outboxEvent(lane: Lane, sequence: number, changes: Partial<OutboxEvent> = {}): OutboxEvent {
  return {
    lane,
    epoch: 7,
    sequence,
    id: `${lane}-${sequence}`,
    type: lane === 'live' ? 'order.placed' : 'metric.anomaly.detected',
    version: 1,
    source: 'urn:dealeriq:dealer:D042:B1',
    subject: 'Auftrag "ä" 5 %',
    time: '2026-11-02T09:00:00.000Z',
    dealerId: 'D042',
    correlationId: 'c',
    causationId: undefined,
    traceparent: undefined,
    dataText: `{"n":${sequence},"text":"Größe"}`,
    ...changes,
  };
}

const events = (lane: Lane, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => outboxEvent(lane, from + index));

/** What every adapter of the ports `UpHub` and `DownHub` keeps. */
export function hubContract(name: string, open: () => Promise<HubUnderTest>): void {
  describe(`the hub on ${name}`, () => {
    let under: HubUnderTest;
    let up: UpHub;
    beforeEach(async () => {
      under = await open();
      up = under.up('B1');
    });
    afterEach(() => under.dispose());

    test('has nothing of a new dealer', async () => {
      expect(await up.lastStored('live')).toBeUndefined();
      expect(await up.receipt('live')).toBeUndefined();
      expect(await under.down.snapshot()).toBeUndefined();
    });

    test('names the last event of a lane, with the place that the next append has to follow', async () => {
      const first = await up.append('live', 0, events('live', 1, 3));
      expect(await up.lastStored('live')).toEqual({
        deviceId: 'B1',
        epoch: 7,
        sequence: 3,
        eventId: 'live-3',
        hubSequence: first,
      });
      const second = await up.append('live', first, events('live', 4, 1));
      expect(second).toBeGreaterThan(first);
      expect((await up.lastStored('live'))?.sequence).toBe(4);
    });

    test('gives ids back as they are, whatever characters they have', async () => {
      const id = 'é "x" 100 % \u{1F69C}';
      await up.append('live', 0, [outboxEvent('live', 1, { id })]);
      expect((await up.lastStored('live'))?.eventId).toBe(id);
    });

    test('keeps the lanes apart', async () => {
      const live = await up.append('live', 0, events('live', 1, 2));
      await up.append('bulk', 0, events('bulk', 1, 5));
      await up.append('live', live, events('live', 3, 1));
      expect((await up.lastStored('bulk'))?.sequence).toBe(5);
      expect((await up.lastStored('live'))?.sequence).toBe(3);
    });

    test('refuses an append that does not follow the last event, and stores nothing of it', async () => {
      const first = await up.append('live', 0, events('live', 1, 2));
      for (const after of [0, first - 1, first + 1]) {
        await expect(up.append('live', after, events('live', 3, 4))).rejects.toBeInstanceOf(HubConflict);
      }
      expect((await up.lastStored('live'))?.sequence).toBe(2);
    });

    test('refuses to store the same append twice, as when its answer got lost', async () => {
      const batch = events('live', 1, 10);
      await up.append('live', 0, batch);
      await expect(up.append('live', 0, batch)).rejects.toBeInstanceOf(HubConflict);
      expect((await up.lastStored('live'))?.sequence).toBe(10);
    });

    test('lets one of two appends at once through', async () => {
      const others = under.up('B2');
      const outcomes = await Promise.allSettled([
        up.append('live', 0, events('live', 1, 20)),
        others.append('live', 0, events('live', 1, 20)),
      ]);
      expect(outcomes.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test('takes a thousand events in one append', async () => {
      await up.append('bulk', 0, events('bulk', 1, 1_000));
      expect((await up.lastStored('bulk'))?.sequence).toBe(1_000);
    });

    test('tells a device its own receipts only', async () => {
      await under.confirm('B1', 'live', { epoch: 7, sequence: 40 });
      expect(await up.receipt('live')).toEqual({ epoch: 7, sequence: 40 });
      expect(await up.receipt('bulk')).toBeUndefined();
      expect(await under.up('B2').receipt('live')).toBeUndefined();
    });

    const sendMany = async (from: number, count: number) => {
      for (let index = from; index < from + count; index += 1)
        await under.send(`d-${index}`, new Uint8Array([index, 0, 255]));
    };
    const take = async (after: number, count: number) => {
      const abort = new AbortController();
      const taken: Delivery[] = [];
      for await (const group of under.down.deliveries(after, abort.signal)) {
        taken.push(...group);
        if (taken.length >= count) abort.abort();
      }
      return taken;
    };

    test('delivers in order, byte for byte, and counts the deliveries of a session without holes', async () => {
      await sendMany(1, 5);
      const taken = await take(0, 5);
      expect(taken.map((one) => one.attributes.id)).toEqual(['d-1', 'd-2', 'd-3', 'd-4', 'd-5']);
      expect(taken.map((one) => one.deliverySequence)).toEqual([1, 2, 3, 4, 5]);
      expect([...(taken[2]?.bytes ?? [])]).toEqual([3, 0, 255]);
      expect(taken.at(-1)?.pending).toBe(0);
      expect(new Set(taken.map((one) => one.stream))).toEqual(new Set([await under.down.stream()]));
    });

    test('goes on after any place that it is told, acknowledged or not', async () => {
      await sendMany(1, 5);
      const [, second] = await take(0, 5);
      await under.down.acknowledge(second?.sequence ?? 0);
      for (const _session of [1, 2]) {
        const rest = await take(second?.sequence ?? 0, 3);
        expect(rest.map((one) => one.attributes.id)).toEqual(['d-3', 'd-4', 'd-5']);
        expect(rest.map((one) => one.deliverySequence)).toEqual([1, 2, 3]);
      }
      expect(await take(0, 5)).toHaveLength(5);
    });

    test('delivers what comes while it waits', async () => {
      const taken = take(0, 2);
      await sendMany(1, 2);
      expect((await taken).map((one) => one.attributes.id)).toEqual(['d-1', 'd-2']);
    });

    test('says when a delivery was stored, and that it has none in a place', async () => {
      await sendMany(1, 3);
      const [first, second] = await take(0, 3);
      expect(await under.down.storedMs(first?.sequence ?? 0)).toBe(first?.storedMs);
      expect(await under.down.storedMs(second?.sequence ?? 0)).toBe(second?.storedMs);
      expect(await under.down.storedMs(900)).toBeUndefined();
    });

    test('hands out the newest snapshot, whole', async () => {
      const of = (prefix: string, count: number): SnapshotEvent[] =>
        Array.from({ length: count }, (_, index) => ({ attributes: { id: `${prefix}-${index}` }, data: { ä: index } }));
      await under.publishSnapshot(of('old', 5), 1);
      await under.publishSnapshot(of('new', 2_500), 9);
      const snapshot = await under.down.snapshot();
      expect(snapshot).toMatchObject({ coversSequence: 9, eventCount: 2_500 });
      const read: SnapshotEvent[] = [];
      for await (const chunk of snapshot?.chunks() ?? []) read.push(...chunk);
      expect(read).toEqual(of('new', 2_500));
    });
  });
}
