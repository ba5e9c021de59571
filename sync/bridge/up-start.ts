import type { NatsConnection } from '@nats-io/nats-core';
import { laneOfKey } from './checkpoint.ts';
import { shardOf } from './shards.ts';
import { copyName, type ShardState } from './up-group.ts';
import { dealersInStream, messageAt, type StreamNow } from './up-source.ts';

/** The dealers of a shard: those that the stream has something of, and those that the checkpoint knows. */
export async function dealersOfShard(
  nc: NatsConnection,
  state: ShardState,
  shard: number,
  shards: number,
): Promise<ReadonlySet<string>> {
  const dealers = new Set<string>();
  for (const dealerId of await dealersInStream(nc)) if (shardOf(dealerId, shards) === shard) dealers.add(dealerId);
  for (const key of state.watermarks.keys()) dealers.add(laneOfKey(key).dealerId);
  return dealers;
}

/** Where to read from, and whether the shard's position still names the same message as when it was noted. */
export interface Start {
  readonly from: number;
  readonly positionHolds: boolean;
}

/**
 * Where in the stream a shard begins. The noted position counts only while the stream has the same message there: a
 * hub that was rolled back gives the same sequences to other messages. Otherwise everything that the stream still has
 * is read again, and the watermarks skip what Kafka has. Dealers that the checkpoint does not know are read from their
 * first message on.
 */
export async function startOf(
  nc: NatsConnection,
  state: ShardState,
  stream: StreamNow,
  dealers: ReadonlySet<string>,
): Promise<Start> {
  const { position, watermarks } = state;
  const first = Math.max(1, stream.firstSequence);
  if (position === undefined || position.stream !== stream.created) return { from: first, positionHolds: false };
  const there = await messageAt(nc, position.streamSequence);
  if (there === undefined || copyName(there) !== position.name) return { from: first, positionHolds: false };
  const known = new Set([...watermarks.keys()].map((key) => laneOfKey(key).dealerId));
  const unread = await Promise.all(
    [...dealers].filter((id) => !known.has(id)).map((id) => messageAt(nc, first, `dealeriq.up.${id}.>`)),
  );
  const places = unread.flatMap((message) => (message === undefined ? [] : [message.streamSequence]));
  return {
    from: Math.min(position.heldFrom ?? position.streamSequence + 1, ...places),
    positionHolds: true,
  };
}
