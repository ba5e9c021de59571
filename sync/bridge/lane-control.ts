import type { NatsConnection } from '@nats-io/nats-core';
import { EdgeError } from '../../src/core/errors.ts';
import type { Lane } from '../../src/core/event.ts';
import type { Place } from '../core/outbox.ts';
import { laneFilter } from '../jetstream/streams.ts';
import { jetStreamUpHub } from '../jetstream/up-hub.ts';
import { checkpointTopic, type LaneName, laneKey, laneOfKey, readCheckpoint, watermarkRecord } from './checkpoint.ts';
import type { Kafka } from './kafka.ts';
import { purgeSubject } from './purge.ts';
import { judge } from './sequence.ts';
import { shardOf, transactionalId } from './shards.ts';
import { placeOf } from './up-group.ts';
import { messageAt } from './up-source.ts';

/** What an operator sees of a lane, and does to one that is held. */

export interface LaneState extends LaneName {
  readonly shard: number;
  /** How far Kafka has it. */
  readonly kafka: Place;
  /** The last that the hub has of this device; `undefined` when it has none. */
  readonly hub: Place | undefined;
  /** `held`: the next event that the hub has does not follow what Kafka has. */
  readonly state: 'current' | 'behind' | 'held';
  /** The event that came where another was due. */
  readonly found?: Place;
}

/** Every lane that Kafka has something of, by dealer. */
export async function lanesOf(nc: NatsConnection, kafka: Kafka, prefix: string, shards: number): Promise<LaneState[]> {
  const topic = checkpointTopic(prefix);
  const states: LaneState[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    const { watermarks } = await readCheckpoint(kafka.reader(), topic, shard);
    for (const [key, watermark] of watermarks) {
      const name = laneOfKey(key);
      if (name.deviceId !== '') states.push({ ...name, shard, ...(await stateOf(nc, name, watermark)) });
    }
  }
  return states.toSorted((a, b) => laneKey(a).localeCompare(laneKey(b)));
}

async function stateOf(
  nc: NatsConnection,
  { dealerId, deviceId, lane }: LaneName,
  watermark: Place & { readonly streamSequence: number },
): Promise<Pick<LaneState, 'kafka' | 'hub' | 'state' | 'found'>> {
  const kafka = { epoch: watermark.epoch, sequence: watermark.sequence };
  const stored = await jetStreamUpHub(nc, dealerId, deviceId).lastStored(lane as Lane);
  if (stored === undefined || stored.deviceId !== deviceId) return { kafka, hub: undefined, state: 'current' };
  const hub = { epoch: stored.epoch, sequence: stored.sequence };
  if (judge(kafka, hub) === 'skip') return { kafka, hub, state: 'current' };
  // The first that is not in Kafka: whether it is the one that is due.
  for (let at = 1; ; ) {
    const message = await messageAt(nc, at, laneFilter(dealerId, lane));
    if (message === undefined) return { kafka, hub, state: 'behind' };
    const { epoch, sequence } = placeOf(message);
    const verdict = judge(kafka, { epoch, sequence });
    if (verdict === 'take') return { kafka, hub, state: 'behind' };
    if (verdict === 'gap') return { kafka, hub, state: 'held', found: { epoch, sequence } };
    at = Math.max(message.streamSequence, at) + 1;
    // Everything up to the watermark's own message is in Kafka.
    if (at <= watermark.streamSequence) at = watermark.streamSequence;
  }
}

/**
 * Asks a dealer to send a lane again: what the hub has of it is deleted, so that the box finds its last event missing
 * when it next sends or connects, and goes on after the receipt. The box keeps everything until then.
 */
export async function requestResend(nc: NatsConnection, dealerId: string, lane: Lane): Promise<void> {
  await purgeSubject(nc, { filter: laneFilter(dealerId, lane) });
}

/**
 * Gives up what is missing: says that Kafka has a lane up to a place, so that it goes on after it. The shard's owner is
 * fenced, and begins again with this word.
 * @throws {EdgeError} `conflict` when Kafka has that place already.
 */
export async function acceptGap(
  kafka: Kafka,
  prefix: string,
  shards: number,
  name: LaneName,
  upTo: Place,
): Promise<void> {
  const shard = shardOf(name.dealerId, shards);
  const topic = checkpointTopic(prefix);
  const producer = await kafka.producer(transactionalId(prefix, 'up', shard));
  try {
    const { watermarks } = await readCheckpoint(kafka.reader(), topic, shard);
    const key = laneKey(name);
    const before = watermarks.get(key);
    if (before !== undefined && judge(before, upTo) === 'skip') {
      throw new EdgeError(
        'conflict',
        `Kafka has ${name.dealerId}/${name.deviceId}/${name.lane} up to ${before.epoch}/${before.sequence} already. Name a later place.`,
      );
    }
    await producer.begin();
    await producer.send([watermarkRecord(topic, shard, key, { ...upTo, streamSequence: before?.streamSequence ?? 0 })]);
    await producer.commit();
  } finally {
    await producer.close();
  }
}
