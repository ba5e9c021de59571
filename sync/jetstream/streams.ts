import type { StreamConfig } from '@nats-io/jetstream';

/** The streams of the hub, in one place. */

export const UP = 'DEALERIQ_UP';
export const DOWN = 'DEALERIQ_DOWN';
export const RECEIPTS = 'DEALERIQ_RECEIPTS';
export const SNAPSHOTS = 'DEALERIQ_SNAPSHOTS';

const MINUTE_NS = 60_000_000_000;
const DAY_NS = 24 * 60 * MINUTE_NS;

/** How long the hub keeps what went down; a box that was away for longer starts from a snapshot. */
const DOWN_AGE_NS = 90 * DAY_NS;

type Settings = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** What each stream has to be. */
export const streams: readonly Settings[] = [
  {
    name: UP,
    subjects: ['dealeriq.up.*.*.>'],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    // Never by age: what the centre has not confirmed stays.
    max_age: 0,
    duplicate_window: 2 * MINUTE_NS,
    allow_atomic: true,
    allow_direct: true,
  },
  {
    name: DOWN,
    // Beside the events, how far the bridge has each partition of Kafka: one batch holds both.
    subjects: ['dealeriq.down.*.>', 'dealeriq.bridge.down.>'],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: DOWN_AGE_NS,
    duplicate_window: 2 * MINUTE_NS,
    allow_atomic: true,
    allow_direct: true,
  },
  {
    name: RECEIPTS,
    subjects: ['dealeriq.receipt.*'],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    // Only the newest counts.
    max_msgs_per_subject: 1,
    allow_direct: true,
  },
  {
    name: SNAPSHOTS,
    subjects: ['dealeriq.snapshot.*.>'],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_msgs_per_subject: 1,
    allow_direct: true,
  },
] as unknown as readonly Settings[];

/** The metadata of a consumer that says when its stream was made. */
export const STREAM_CREATED = 'dealeriq.stream-created';

/** The durable consumer by which one dealer reads its own and everybody's events. */
export function downConsumer(dealerId: string): string {
  return `down-${dealerId}`;
}

/** Everything of one dealer and lane. */
export function laneFilter(dealerId: string, lane: string): string {
  return `dealeriq.up.${dealerId}.${lane}.>`;
}

/** How far a partition of a Kafka topic has been written into the down stream. No dealer's consumer matches it. */
export function downCheckpointSubject(type: string, partition: number): string {
  return `dealeriq.bridge.down.${partition}.${type}`;
}

/** Where a dealer's snapshot begins: its manifest. */
export function snapshotManifest(dealerId: string): string {
  return `dealeriq.snapshot.${dealerId}.manifest`;
}

/** One chunk of a snapshot. */
export function snapshotChunk(dealerId: string, snapshotId: string, index: number): string {
  return `dealeriq.snapshot.${dealerId}.${snapshotId}.${index}`;
}
