import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import type { Snapshot, SnapshotEvent } from '../core/hub.ts';
import { SNAPSHOTS, snapshotChunk, snapshotManifest } from './streams.ts';
import { lastOf } from './up-hub.ts';

/** Events of one chunk: some hundred kilobytes, well under the server's message limit once compressed. */
const CHUNK_EVENTS = 1_000;

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** The first message of a snapshot; it is written last, so that a snapshot is whole or not there. */
interface Manifest {
  readonly id: string;
  readonly coversSequence: number;
  readonly streamFirstSequence: number;
  readonly eventCount: number;
  readonly chunkCount: number;
}

/** The newest snapshot for a dealer. Its chunks are read by subject, one at a time. */
export async function readSnapshot(nc: NatsConnection, dealerId: string): Promise<Snapshot | undefined> {
  const message = await lastOf(nc, SNAPSHOTS, snapshotManifest(dealerId));
  if (message === undefined) return undefined;
  const manifest = message.json<Manifest>();
  return {
    id: manifest.id,
    coversSequence: manifest.coversSequence,
    streamFirstSequence: manifest.streamFirstSequence,
    eventCount: manifest.eventCount,
    async *chunks() {
      for (let index = 0; index < manifest.chunkCount; index += 1) {
        const chunk = await lastOf(nc, SNAPSHOTS, snapshotChunk(dealerId, manifest.id, index));
        if (chunk === undefined) throw new Error(`Snapshot ${manifest.id} was replaced while it was read.`);
        yield await eventsOf(chunk);
      }
    },
  };
}

/** Where a snapshot stands in the down stream. */
export interface SnapshotPlace {
  readonly coversSequence: number;
  readonly streamFirstSequence: number;
}

/**
 * Publishes the state of the centre for one dealer (products, prices, stock as events), so that a new box, or one
 * that was away for longer than the stream reaches back, need not read the whole history.
 */
export async function publishSnapshot(
  nc: NatsConnection,
  dealerId: string,
  id: string,
  place: SnapshotPlace,
  events: AsyncIterable<SnapshotEvent> | Iterable<SnapshotEvent>,
): Promise<{ readonly eventCount: number; readonly chunkCount: number }> {
  let chunk: SnapshotEvent[] = [];
  let eventCount = 0;
  let chunkCount = 0;
  const send = async () => {
    await store(
      nc,
      snapshotChunk(dealerId, id, chunkCount),
      await gzip(chunk.map((one) => JSON.stringify(one)).join('\n')),
    );
    chunkCount += 1;
    chunk = [];
  };
  for await (const event of events) {
    chunk.push(event);
    eventCount += 1;
    if (chunk.length === CHUNK_EVENTS) await send();
  }
  if (chunk.length > 0) await send();
  const manifest: Manifest = { id, ...place, eventCount, chunkCount };
  await store(nc, snapshotManifest(dealerId), JSON.stringify(manifest));
  return { eventCount, chunkCount };
}

async function store(nc: NatsConnection, subject: string, payload: Uint8Array | string): Promise<void> {
  const answer = await nc.request(subject, payload, { headers: headers(), timeout: ANSWER_MS });
  const { error } = answer.json<{ error?: { description: string } }>();
  if (error !== undefined) throw new Error(`The hub did not store ${subject}: ${error.description}.`);
}

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function eventsOf(chunk: Msg): Promise<SnapshotEvent[]> {
  const stream = new Blob([chunk.data as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const text = await new Response(stream).text();
  return text.split('\n').map((line) => JSON.parse(line) as SnapshotEvent);
}
