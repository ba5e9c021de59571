import type { Lane } from '../../src/core/event.ts';
import {
  type Delivery,
  type DownHub,
  HubConflict,
  type Snapshot,
  type SnapshotEvent,
  type UpHub,
} from '../../sync/core/hub.ts';
import type { OutboxEvent, Place } from '../../sync/core/outbox.ts';
import { createSignal } from '../../sync/core/signal.ts';
import type { StoredEvent } from './link-oracle.ts';

/** Events of one batch at the most, as the real hub has it. */
const BATCH_MAX = 1_000;

interface Kept {
  readonly hubSequence: number;
  readonly deviceId: string;
  /** The lane that it was stored under. */
  readonly lane: Lane;
  readonly event: OutboxEvent;
}

/** A hub in memory. It keeps the contract of the ports, and lets a test reach in and break things. */
export interface FakeHub {
  up(deviceId: string): UpHub;
  /** What is stored, in order. */
  stored(): StoredEvent[];
  /** Keeps only the first so many events, as a disk image of then has it. */
  rollBack(events: number): void;
  confirm(deviceId: string, lane: Lane, place: Place): void;
  readonly down: DownHub;
  /** Sends something down. */
  send(message: Sent): void;
  /** Gives the down stream another content, as a hub that was rolled back. */
  rewind(messages: number): void;
  /** Leaves out deliveries with these places once each. */
  readonly skipOnce: Set<number>;
  acknowledged(): number;
  publishSnapshot(events: readonly SnapshotEvent[], coversSequence: number): void;
}

export interface Sent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

export function fakeHub(): FakeHub {
  let kept: Kept[] = [];
  let last = 0;
  const receipts = new Map<string, Place>();
  let sent: (Sent & { readonly sequence: number; readonly storedMs: number })[] = [];
  let tick = 1_000;
  let acknowledged = 0;
  let snapshot: Snapshot | undefined;
  const came = createSignal();
  const skipOnce = new Set<number>();
  const lastIn = (lane: Lane) => kept.findLast((one) => one.lane === lane);

  return {
    up: (deviceId) => ({
      async lastStored(lane) {
        const one = lastIn(lane);
        return one === undefined
          ? undefined
          : {
              deviceId: one.deviceId,
              epoch: one.event.epoch,
              sequence: one.event.sequence,
              eventId: one.event.id,
              hubSequence: one.hubSequence,
            };
      },
      async append(lane, after, events) {
        if (events.length === 0 || events.length > BATCH_MAX) throw new Error(`A batch of ${events.length}.`);
        if ((lastIn(lane)?.hubSequence ?? 0) !== after) throw new HubConflict('wrong last sequence');
        for (const event of events) {
          last += 1;
          kept.push({ hubSequence: last, deviceId, lane, event });
        }
        return last;
      },
      receipt: async (lane) => receipts.get(`${deviceId}/${lane}`),
    }),
    stored: () =>
      kept.map(({ deviceId, lane, event }) => ({
        deviceId,
        lane,
        epoch: event.epoch,
        sequence: event.sequence,
        id: event.id,
        dataText: event.dataText,
      })),
    rollBack(events) {
      kept = kept.slice(0, events);
      last = kept.at(-1)?.hubSequence ?? 0;
    },
    confirm: (deviceId, lane, place) => void receipts.set(`${deviceId}/${lane}`, place),
    down: {
      stream: async () => 'fake@1',
      storedMs: async (sequence) => sent.find((one) => one.sequence === sequence)?.storedMs,
      async *deliveries(after, signal) {
        let next = after;
        let deliverySequence = 0;
        while (!signal.aborted) {
          const seen = came.version();
          const group = sent.filter((one) => one.sequence > next).slice(0, 50);
          next = group.at(-1)?.sequence ?? next;
          const deliveries: Delivery[] = [];
          for (const one of group) {
            deliverySequence += 1;
            if (skipOnce.delete(one.sequence)) continue;
            deliveries.push({
              stream: 'fake@1',
              sequence: one.sequence,
              deliverySequence,
              storedMs: one.storedMs,
              pending: sent.filter((other) => other.sequence > one.sequence).length,
              attributes: one.attributes,
              headers: {},
              contentType: 'application/json',
              bytes: one.bytes,
            });
          }
          if (deliveries.length > 0) yield deliveries;
          else await came.changed(seen, 1_000, signal);
        }
      },
      async acknowledge(sequence) {
        acknowledged = sequence;
      },
      snapshot: async () => snapshot,
    },
    send(message) {
      tick += 1;
      sent.push({ ...message, sequence: (sent.at(-1)?.sequence ?? 0) + 1, storedMs: tick });
      came.raise();
    },
    rewind(messages) {
      sent = sent.slice(0, messages);
    },
    skipOnce,
    acknowledged: () => acknowledged,
    publishSnapshot(events, coversSequence) {
      snapshot = {
        id: 'S1',
        coversSequence,
        streamFirstSequence: 1,
        eventCount: events.length,
        async *chunks() {
          for (let start = 0; start < events.length; start += 1_000) yield events.slice(start, start + 1_000);
        },
      };
    },
  };
}
