import type { Lane } from '../../src/core/event.ts';
import type { OutboxEvent, Place } from './outbox.ts';

/** The ports of the sync: what the protocol asks of a broker, whatever it is. */

/** The last event of this dealer and lane that the hub has stored. */
export interface Stored {
  readonly deviceId: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly eventId: string;
  /** Its place in the hub's stream: what the next append has to follow. */
  readonly hubSequence: number;
}

/** What takes events up. */
export interface UpHub {
  /** `undefined` when the hub has nothing of this dealer and lane. */
  lastStored(lane: Lane): Promise<Stored | undefined>;
  /**
   * Stores events, all or none, when the last one of the dealer and lane is still at `afterHubSequence` (0: none).
   * @returns the place of the last one.
   * @throws {HubConflict} when it is not: another writer, or an earlier answer that got lost.
   * @throws {EventTooLarge} when one of the events can never be stored.
   */
  append(lane: Lane, afterHubSequence: number, events: readonly OutboxEvent[]): Promise<number>;
  /** How far the centre has confirmed a lane; `undefined` when it has not said anything yet. */
  receipt(lane: Lane): Promise<Place | undefined>;
}

/** The hub's last event is not the one that the append was to follow. */
export class HubConflict extends Error {
  override readonly name = 'HubConflict';
}

/** An event is larger than the hub takes; nothing of its batch was stored. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
}

/** Something that came down. */
export interface Delivery {
  /** Names the stream and its creation, so that a stream made anew is another one. */
  readonly stream: string;
  /** Its place in the stream; ascending, with holes. */
  readonly sequence: number;
  /** Counts the deliveries of one session, without holes. */
  readonly deliverySequence: number;
  /** When the stream stored it, in milliseconds since 1970. */
  readonly storedMs: number;
  /** How many more wait. */
  readonly pending: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What brings events down. */
export interface DownHub {
  /** Names the stream and its creation, so that a stream made anew is another one. */
  stream(): Promise<string>;
  /** When the delivery at a place was stored; `undefined` when the stream has none there (any more) for this box. */
  storedMs(sequence: number): Promise<number | undefined>;
  /** Groups of deliveries after a place, in order, until the signal aborts. */
  deliveries(after: number, signal: AbortSignal): AsyncIterable<readonly Delivery[]>;
  /** Everything up to a place is applied and durable. */
  acknowledge(sequence: number): Promise<void>;
  /** The newest snapshot for this dealer. */
  snapshot(): Promise<Snapshot | undefined>;
}

/** The state of the centre for one dealer at a place of the down stream. */
export interface Snapshot {
  readonly id: string;
  /** The stream's last place that the snapshot covers. */
  readonly coversSequence: number;
  /** The first place that the stream still had then. */
  readonly streamFirstSequence: number;
  readonly eventCount: number;
  /** The events, in chunks. */
  chunks(): AsyncIterable<readonly SnapshotEvent[]>;
}

export interface SnapshotEvent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}
