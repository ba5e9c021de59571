import type { Place } from '../core/outbox.ts';
import type { KafkaMessage, KafkaReader, KafkaRecord } from './kafka.ts';

/**
 * What the bridge has brought into Kafka, kept in a compacted topic of Kafka itself and written in the same transaction
 * as the records (findings: steps 5 to 7). Each partition is one shard's, and only its owner writes there.
 */

/** One lane of one device. */
export interface LaneName {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly lane: string;
}

/** How far Kafka has a lane, and where the hub had that event. */
export interface Watermark extends Place {
  readonly streamSequence: number;
}

/** Where the shard stands in the hub's stream: a hint only, which `name` lets one check. */
export interface StreamPosition {
  /** When the stream was made. */
  readonly stream: string;
  readonly streamSequence: number;
  /** What the copy of the message there is called: `<dealer>/<device>/<epoch>/<lane>/<sequence>@<stored, ms>`. */
  readonly name: string;
  /** The first message of a lane that waits for an operator; reading starts there again. */
  readonly heldFrom?: number;
}

/** What one partition of the checkpoint topic says. */
export interface Checkpoint {
  readonly watermarks: ReadonlyMap<string, Watermark>;
  readonly position: StreamPosition | undefined;
}

const LANE_PREFIX = 'up/';
const POSITION = 'position';
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The topic that the bridge's copies share out among themselves. */
export function checkpointTopic(prefix: string): string {
  return `${prefix}.bridge.checkpoint`;
}

/** The key of a lane's record, and of everything that is kept for a lane. */
export function laneKey({ dealerId, deviceId, lane }: LaneName): string {
  return `${LANE_PREFIX}${dealerId}/${deviceId}/${lane}`;
}

/** The lane of a key that `laneKey` made. */
export function laneOfKey(key: string): LaneName {
  const [dealerId = '', deviceId = '', lane = ''] = key.slice(LANE_PREFIX.length).split('/');
  return { dealerId, deviceId, lane };
}

/**
 * Reads a shard's checkpoint up to what is committed. The producer has to be open before, so that nobody adds to it.
 * @throws what the reader throws.
 */
export async function readCheckpoint(reader: KafkaReader, topic: string, shard: number): Promise<Checkpoint> {
  return foldCheckpoint(await reader.readToEnd(topic, shard, 0n));
}

/** The state that the records of one partition lead to; later ones win. */
export function foldCheckpoint(messages: readonly KafkaMessage[]): Checkpoint {
  const watermarks = new Map<string, Watermark>();
  let position: StreamPosition | undefined;
  for (const { key, value } of messages) {
    const name = decoder.decode(key);
    if (name === POSITION) position = value === undefined ? undefined : (read(value) as StreamPosition);
    else if (name.startsWith(LANE_PREFIX)) {
      if (value === undefined) watermarks.delete(name);
      else watermarks.set(name, read(value) as Watermark);
    }
  }
  return { watermarks, position };
}

/** The record that sets a lane's watermark. */
export function watermarkRecord(topic: string, shard: number, key: string, watermark: Watermark): KafkaRecord {
  return recordOf(topic, shard, key, watermark);
}

/** The record that sets the shard's position. */
export function positionRecord(topic: string, shard: number, position: StreamPosition): KafkaRecord {
  return recordOf(topic, shard, POSITION, position);
}

function recordOf(topic: string, shard: number, key: string, value: object): KafkaRecord {
  return {
    topic,
    partition: shard,
    key,
    value: encoder.encode(JSON.stringify(value)),
    headers: { 'content-type': 'application/json' },
  };
}

function read(value: Uint8Array): unknown {
  return JSON.parse(decoder.decode(value));
}
