import { setTimeout } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import {
  type Checkpoint,
  checkpointTopic,
  laneKey,
  laneOfKey,
  positionRecord,
  readCheckpoint,
  type StreamPosition,
  type Watermark,
  watermarkRecord,
} from './checkpoint.ts';
import { faultPoint } from './fault-points.ts';
import { Fenced, type Kafka, type TransactionalProducer } from './kafka.ts';
import { createPurge } from './purge.ts';
import { createReceipts } from './receipts.ts';
import { transactionalId } from './shards.ts';
import { type HeldLane, planGroup, type ShardState, type UpGate, type UpGroup } from './up-group.ts';
import { openUpSource, type StreamNow, streamNow } from './up-source.ts';
import { dealersOfShard, startOf } from './up-start.ts';

/** What a shard tells about its work. */
export interface UpReport {
  committed(shard: number, group: UpGroup, commitMs: number, lagMs: number): void;
  /** The lanes of a shard that wait for an operator now. */
  held(shard: number, lanes: readonly HeldLane[]): void;
}

export interface UpShardOptions {
  readonly nc: NatsConnection;
  readonly kafka: Kafka;
  readonly gate: UpGate;
  readonly prefix: string;
  readonly shard: number;
  readonly shards: number;
  readonly report: UpReport;
  readonly nowMs: () => number;
  /** How often the hub's stream is purged of what Kafka has, in milliseconds. */
  readonly purgeEveryMs?: number;
}

/** How often a shard looks for dealers that are new in the stream, and whether the stream is still the same, in milliseconds. */
const LOOK_MS = 2_000;

/**
 * Carries one shard's dealers from the hub into Kafka until the signal aborts: fences whoever ran it before, goes on
 * after the checkpoint, and writes each group of events and the new checkpoint in one transaction.
 * @throws {Fenced} when another copy of the bridge has taken the shard over.
 */
export async function runUpShard(options: UpShardOptions, signal: AbortSignal): Promise<void> {
  const { kafka, prefix, shard } = options;
  faultPoint('up-before-init');
  const producer = await kafka.producer(transactionalId(prefix, 'up', shard));
  faultPoint('up-after-init');
  try {
    const checkpoint = await readCheckpoint(kafka.reader(), checkpointTopic(prefix), shard);
    faultPoint('up-after-checkpoint');
    await new UpShard(options, producer, checkpoint).run(signal);
  } finally {
    await producer.close();
  }
}

class UpShard {
  readonly #options: UpShardOptions;
  readonly #producer: TransactionalProducer;
  readonly #watermarks: Map<string, Watermark>;
  readonly #receipts: ReturnType<typeof createReceipts>;
  readonly #purge: ReturnType<typeof createPurge>;
  #position: StreamPosition | undefined;
  #held: ReadonlyMap<string, HeldLane> = new Map();

  constructor(options: UpShardOptions, producer: TransactionalProducer, checkpoint: Checkpoint) {
    this.#options = options;
    this.#producer = producer;
    this.#watermarks = new Map(checkpoint.watermarks);
    this.#position = checkpoint.position;
    this.#receipts = createReceipts(options.nc, this.#watermarks);
    this.#purge = createPurge(options.nc, options.nowMs, options.purgeEveryMs);
  }

  /** Reads the stream again and again: each time for the dealers that it has then. */
  async run(signal: AbortSignal): Promise<void> {
    // A receipt may have got lost with the copy that ran this shard before.
    this.#receipts.tell([...this.#watermarks.keys()]);
    try {
      while (!signal.aborted) {
        const stream = await streamNow(this.#options.nc);
        const dealers = await this.#dealers();
        if (dealers.size === 0) await pause(LOOK_MS, signal);
        else await this.#read(stream, dealers, await this.#begin(stream, dealers), signal);
      }
    } finally {
      await this.#receipts.settled();
    }
  }

  /** Reads until the signal aborts, a new dealer is there, or the stream is another one. */
  async #read(stream: StreamNow, dealers: ReadonlySet<string>, from: number, signal: AbortSignal): Promise<void> {
    const source = await openUpSource(this.#options.nc, [...dealers], from);
    faultPoint('up-after-source');
    try {
      let lookMs = this.#options.nowMs() + LOOK_MS;
      while (!signal.aborted) {
        const messages = await source.next(signal);
        if (signal.aborted) return;
        if (messages.length > 0) {
          const plan = planGroup(this.#state, messages, this.#options.gate, stream.created, this.#held);
          await this.#commit(await plan);
        }
        if (this.#options.nowMs() < lookMs) continue;
        if (await this.#hasChanged(stream, dealers)) return;
        lookMs = this.#options.nowMs() + LOOK_MS;
      }
    } finally {
      await source.close();
    }
  }

  /** One transaction: the records and the checkpoint. Only then anybody hears of it. */
  async #commit(group: UpGroup): Promise<void> {
    const { prefix, shard, nowMs, report } = this.#options;
    if (group.records.length > 0) {
      const topic = checkpointTopic(prefix);
      const startMs = nowMs();
      faultPoint('up-before-begin');
      await this.#producer.begin();
      faultPoint('up-after-begin');
      try {
        await this.#producer.send([
          ...group.records,
          ...[...group.watermarks].map(([key, watermark]) => watermarkRecord(topic, shard, key, watermark)),
          ...(group.position === undefined ? [] : [positionRecord(topic, shard, group.position)]),
        ]);
      } catch (error) {
        // What comes next opens the producer anew, which aborts too; this only frees readers earlier.
        if (!(error instanceof Fenced)) await this.#producer.abort().catch(() => undefined);
        throw error;
      }
      faultPoint('up-after-send');
      await this.#producer.commit();
      faultPoint('up-after-commit');
      for (const [key, watermark] of group.watermarks) this.#watermarks.set(key, watermark);
      const endMs = nowMs();
      report.committed(shard, group, endMs - startMs, group.oldestMs === undefined ? 0 : endMs - group.oldestMs);
      this.#receipts.tell([...group.watermarks.keys()]);
      faultPoint('up-after-receipt');
    }
    this.#position = group.position;
    if (group.held.length > 0 || this.#held.size > 0) report.held(shard, group.held);
    this.#held = new Map(group.held.map((lane) => [laneKey(lane), lane]));
    await this.#purge.run(this.#watermarks);
  }

  get #state(): ShardState {
    return { watermarks: this.#watermarks, position: this.#position };
  }

  async #begin(stream: StreamNow, dealers: ReadonlySet<string>): Promise<number> {
    const { from, positionHolds } = await startOf(this.#options.nc, this.#state, stream, dealers);
    if (!positionHolds) {
      // Places of another stream say nothing about messages that have only those.
      for (const key of this.#watermarks.keys()) if (laneOfKey(key).deviceId === '') this.#watermarks.delete(key);
      this.#position = undefined;
      this.#held = new Map();
    }
    return from;
  }

  #dealers(): Promise<ReadonlySet<string>> {
    const { nc, shard, shards } = this.#options;
    return dealersOfShard(nc, this.#state, shard, shards);
  }

  async #hasChanged(before: StreamNow, dealers: ReadonlySet<string>): Promise<boolean> {
    const now = await streamNow(this.#options.nc);
    if (now.created !== before.created) return true;
    if (now.lastSequence < (this.#position?.streamSequence ?? 0)) return true;
    for (const dealerId of await this.#dealers()) if (!dealers.has(dealerId)) return true;
    await this.#checkHeld();
    return false;
  }

  /**
   * A shard learns that it was fenced when it commits. One with nothing but held lanes commits nothing, so it looks
   * whether an operator has moved one of them on.
   */
  async #checkHeld(): Promise<void> {
    if (this.#held.size === 0) return;
    const { kafka, prefix, shard } = this.#options;
    const { watermarks } = await readCheckpoint(kafka.reader(), checkpointTopic(prefix), shard);
    for (const key of this.#held.keys()) {
      const [here, there] = [this.#watermarks.get(key), watermarks.get(key)];
      if (here?.epoch === there?.epoch && here?.sequence === there?.sequence) continue;
      throw new Error('A lane that was held has been moved on; beginning again from the checkpoint.');
    }
  }
}

/** Waits, or until the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}
