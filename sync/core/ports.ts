import type { EventEnvelope, Lane } from '../../src/core/event.ts';

/** The ports of the sync: where events go and come from, whatever broker is behind. */

/** The last message of one lane that the hub has stored for this device. */
export interface Stored {
  readonly epoch: number;
  readonly sequence: number;
}

/** Takes events of this device up, in sequence. */
export interface Uplink {
  /** What the hub has of a lane; `undefined` when it has nothing of this device. */
  lastStored(lane: Lane): Promise<Stored | undefined>;
  /**
   * Stores events that follow `after`, all or none. Refused when the hub's last one is not `after`: another device
   * writes for this dealer, or an earlier answer got lost.
   */
  append(lane: Lane, after: Stored | undefined, events: readonly EventEnvelope[]): Promise<void>;
}

/** Something that came down, with its place in the stream that it came by. */
export interface Delivery {
  readonly stream: string;
  readonly sequence: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** As it arrived. */
  readonly bytes: Uint8Array;
  ack(): Promise<void>;
}

/** Brings events of the centre down, in order. */
export interface Downlink {
  deliveries(): AsyncIterable<Delivery>;
}
