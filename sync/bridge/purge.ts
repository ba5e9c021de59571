import type { NatsConnection } from '@nats-io/nats-core';
import { laneFilter, UP } from '../jetstream/streams.ts';
import { laneOfKey, type Watermark } from './checkpoint.ts';
import { faultPoint } from './fault-points.ts';
import { nameOf } from './up-group.ts';
import { messageAt } from './up-source.ts';

/** How often a lane is purged at the most, in milliseconds. */
const EVERY_MS = 30_000;

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** Removes from the hub's stream what Kafka has. */
export interface Purge {
  /** Purges the lanes that have moved since, when it is time. */
  run(watermarks: ReadonlyMap<string, Watermark>): Promise<void>;
}

/**
 * Purges each lane below its watermark and keeps the watermark's own message: the dealer goes on after it (findings:
 * step 4). Before that it looks whether the stream still has that message there: a hub that was rolled back gives the
 * same sequence to another one.
 */
export function createPurge(nc: NatsConnection, nowMs: () => number, everyMs: number = EVERY_MS): Purge {
  const purged = new Map<string, number>();
  let nextMs = nowMs() + everyMs;
  return {
    async run(watermarks) {
      if (nowMs() < nextMs) return;
      for (const [key, watermark] of watermarks) {
        if (purged.get(key) === watermark.streamSequence || laneOfKey(key).deviceId === '') continue;
        await purgeLane(nc, key, watermark);
        purged.set(key, watermark.streamSequence);
      }
      nextMs = nowMs() + everyMs;
    },
  };
}

async function purgeLane(nc: NatsConnection, key: string, watermark: Watermark): Promise<void> {
  const { dealerId, deviceId, lane } = laneOfKey(key);
  const message = await messageAt(nc, watermark.streamSequence);
  const name = `${dealerId}/${deviceId}/${watermark.epoch}/${lane}/${watermark.sequence}`;
  if (message === undefined || nameOf(message) !== name) return;
  faultPoint('up-before-purge');
  await purgeSubject(nc, { filter: laneFilter(dealerId, lane), seq: watermark.streamSequence });
}

/** Deletes what the hub has under a subject, before a place where one is given. */
export async function purgeSubject(
  nc: NatsConnection,
  query: { readonly filter: string; readonly seq?: number },
): Promise<void> {
  const answer = (await nc.request(`$JS.API.STREAM.PURGE.${UP}`, JSON.stringify(query), { timeout: ANSWER_MS })).json<{
    error?: { description: string };
  }>();
  if (answer.error !== undefined) throw new Error(`The hub cannot purge ${query.filter}: ${answer.error.description}.`);
}
