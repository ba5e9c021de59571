import type { NatsConnection } from '@nats-io/nats-core';
import { headers } from '@nats-io/nats-core';
import { EdgeError } from '../../src/core/errors.ts';
import { type BatchMessage, placeOf, sendAtomicBatch } from '../jetstream/atomic-batch.ts';
import { DOWN, downCheckpointSubject } from '../jetstream/streams.ts';
import { lastOf } from '../jetstream/up-hub.ts';

/**
 * How far a partition of a Kafka topic has been written into the down stream, kept in that stream itself and stored in
 * the same atomic batch as the events (findings: step 8): a stream that is rolled back or wiped takes it along.
 */
export interface DownCheckpoint {
  readonly topic: string;
  /** The id of the topic when it was read; another one is another topic. Absent: whichever it is now. */
  readonly topicId?: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly offset: bigint;
}

/** A checkpoint as it lies in the stream. */
export interface StoredDownCheckpoint extends DownCheckpoint {
  /** Its place: what the next batch has to follow. */
  readonly streamSequence: number;
  /** When the stream stored it, in milliseconds since 1970. */
  readonly storedMs: number;
}

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** The last checkpoint of a partition of the topic of an event type, or `undefined`. */
export async function readDownCheckpoint(
  nc: NatsConnection,
  type: string,
  partition: number,
): Promise<StoredDownCheckpoint | undefined> {
  const message = await lastOf(nc, DOWN, downCheckpointSubject(type, partition));
  if (message === undefined) return undefined;
  const body = message.json<{ topic: string; topicId?: string; offset: string }>();
  return {
    topic: body.topic,
    ...(body.topicId === undefined ? {} : { topicId: body.topicId }),
    partition,
    offset: BigInt(body.offset),
    streamSequence: Number(message.headers?.get('Nats-Sequence')),
    storedMs: Date.parse(message.headers?.get('Nats-Time-Stamp') ?? ''),
  };
}

/** The message that sets a checkpoint. */
export function checkpointMessage(type: string, { topic, topicId, partition, offset }: DownCheckpoint): BatchMessage {
  return {
    subject: downCheckpointSubject(type, partition),
    payload: JSON.stringify({ topic, topicId, partition, offset: String(offset) }),
    headers: (ofBatch) => {
      const out = headers();
      out.set('content-type', 'application/json');
      for (const [name, values] of Object.entries(ofBatch)) for (const value of values) out.append(name, value);
      return out;
    },
  };
}

/** Removes a partition's checkpoints but for the newest. */
export async function purgeDownCheckpoints(nc: NatsConnection, type: string, partition: number): Promise<void> {
  const subject = downCheckpointSubject(type, partition);
  const query = JSON.stringify({ filter: subject, keep: 1 });
  const answer = (await nc.request(`$JS.API.STREAM.PURGE.${DOWN}`, query, { timeout: ANSWER_MS })).json<{
    error?: { description: string };
  }>();
  if (answer.error !== undefined) throw new Error(`The hub cannot purge ${subject}: ${answer.error.description}.`);
}

/**
 * Lets a partition go on at an offset, in the topic as it is now: for an operator, after it was halted. Whatever runs
 * it sees that at once. `prefix` is that of the topic: without it the event type is not known.
 * @throws {EdgeError} `invalid-request` when the topic has not this prefix, or the offset is negative.
 * @throws {HubConflict} when the partition moved on meanwhile.
 */
export async function resetDownCheckpoint(
  nc: NatsConnection,
  prefix: string,
  { topic, partition, offset }: Omit<DownCheckpoint, 'topicId'>,
): Promise<void> {
  if (!topic.startsWith(`${prefix}.`)) {
    throw new EdgeError('invalid-request', `Topic ${topic} does not begin with the prefix "${prefix}.".`);
  }
  if (offset < 0n) throw new EdgeError('invalid-request', `${offset} is not an offset of ${topic}.`);
  const type = topic.slice(prefix.length + 1);
  const before = await readDownCheckpoint(nc, type, partition);
  const guard = { filter: downCheckpointSubject(type, partition), lastSequence: before?.streamSequence ?? 0 };
  placeOf(await sendAtomicBatch(nc, guard, [checkpointMessage(type, { topic, partition, offset })]));
}

/** A partition cannot go on without an operator: going on could lose records or tell old ones again. */
export class DownHalted extends EdgeError {
  readonly topic: string;
  readonly partition: number;
  readonly reason: 'topic-changed' | 'offset-out-of-range';

  constructor(
    reason: DownHalted['reason'],
    { topic, partition, offset }: Omit<DownCheckpoint, 'topicId'>,
    cause?: unknown,
  ) {
    const what =
      reason === 'topic-changed'
        ? 'was deleted and made again, or is another topic, since it was read'
        : 'has no such offset: records were deleted before the bridge read them, or the topic lost its end';
    super(
      'conflict',
      `Partition ${partition} of ${topic} is halted at offset ${offset}: the topic ${what}. Look at what the topic has now, then say where to go on: \`dealeriq bridge reset-down --topic ${topic} --partition ${partition} --offset <offset>\` (0 for all of it).`,
      { cause },
    );
    this.name = 'DownHalted';
    this.reason = reason;
    this.topic = topic;
    this.partition = partition;
  }
}
