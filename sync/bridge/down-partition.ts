import { setTimeout } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import { EdgeError } from '../../src/core/errors.ts';
import { HubConflict } from '../core/hub.ts';
import { placeOf, sendAtomicBatch } from '../jetstream/atomic-batch.ts';
import { downCheckpointSubject } from '../jetstream/streams.ts';
import { checkpointMessage, DownHalted, purgeDownCheckpoints, readDownCheckpoint } from './down-checkpoint.ts';
import type { DownDeadLetters, DownPlace } from './down-dead-letters.ts';
import { type DownPlan, type DownTopic, planDown } from './down-plan.ts';
import { downTopics } from './down-routing.ts';
import { faultPoint } from './fault-points.ts';
import { type Kafka, KafkaError, type KafkaMessage } from './kafka.ts';
import type { PayloadCodec } from './registry/payload-codec.ts';

/** What a partition tells about its work. */
export interface DownReport {
  /** A batch is in the stream; `lagMs` is how long its oldest record had been in Kafka, 0 when nothing was forwarded. */
  wrote(
    topic: string,
    partition: number,
    counts: { readonly forwarded: number; readonly deadLettered: number; readonly skipped: number },
    lagMs: number,
  ): void;
  /** Somebody else wrote this partition meanwhile, or the stream was wiped or rolled back: it is read again. */
  tookUpAgain(topic: string, partition: number): void;
}

export interface DownPartitionOptions {
  readonly nc: NatsConnection;
  readonly kafka: Kafka;
  readonly codec: PayloadCodec;
  readonly prefix: string;
  /** One of `downTopics(prefix)`. */
  readonly topic: string;
  readonly partition: number;
  readonly deadLetters: DownDeadLetters;
  readonly report: DownReport;
  readonly nowMs: () => number;
  /** How long nothing has to come before the partition looks after its checkpoint, in milliseconds. */
  readonly idleMs?: number;
}

/** How long nothing has to come before the partition looks after its checkpoint, in milliseconds. */
const IDLE_MS = 10_000;

/** How often a checkpoint is written for records that nobody hears of, in milliseconds. */
const SKIPPED_MS = 5_000;

/** The stream drops what is older than 90 days: a checkpoint older than this is written again, in milliseconds. */
const REFRESH_MS = 24 * 60 * 60 * 1000;

/** Checkpoints that may lie in the stream before all but the newest are purged. */
const PURGE_AFTER = 200;

/** How long a partition waits after another owner was faster, in milliseconds. */
const CONFLICT_MS = 100;

/**
 * Carries one partition of a topic from Kafka into the down stream until the signal aborts: goes on where the stream
 * itself says, and writes each batch together with the new place, guarded by the place before. Two owners so never both
 * forward a record; an owner that comes late goes on from where the other one is.
 * @throws {DownHalted} when an operator has to decide where to go on.
 * @throws {Fenced} when another owner writes this partition's dead letters.
 * @throws {EdgeError} `registry-unavailable` after everything before the record that waits for it was written;
 *   `invalid-config` when no events come down by that topic.
 * @throws {KafkaError} or an error of the hub when one of them is away. After any of them run it again.
 */
export async function runDownPartition(options: DownPartitionOptions, signal: AbortSignal): Promise<void> {
  const { prefix, topic, partition, nc, codec, nowMs, report } = options;
  const definition = downTopics(prefix).get(topic);
  if (definition === undefined) {
    throw new EdgeError('invalid-config', `No events come down by topic ${topic}: see the catalogue's directions.`);
  }
  const messageBytesMax = nc.info?.max_payload ?? 1_048_576;
  const down: DownTopic = { definition, codec, nowMs, messageBytesMax };
  while (!signal.aborted) {
    try {
      await new DownPartition(options, down).run(signal);
    } catch (error) {
      if (!(error instanceof HubConflict)) throw error;
      report.tookUpAgain(topic, partition);
      await setTimeout(CONFLICT_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One owner's time with a partition, from reading the checkpoint until something else has moved it. */
class DownPartition {
  readonly #options: DownPartitionOptions;
  readonly #down: DownTopic;
  #place: DownPlace = { topic: '', topicId: '', partition: 0 };
  /** The next offset to deal with. */
  #offset = 0n;
  /** The offset that the stream's checkpoint has; undefined: it has none. */
  #written: bigint | undefined;
  #checkpointSequence = 0;
  #writtenMs = 0;
  /** Checkpoints since the last purge. */
  #unpurged = 0;
  /** Whether Kafka's end was looked at since the last record. */
  #settled = false;

  constructor(options: DownPartitionOptions, down: DownTopic) {
    this.#options = options;
    this.#down = down;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#begin();
    faultPoint('down-after-checkpoint');
    const { kafka, topic, partition, idleMs = IDLE_MS } = this.#options;
    const stop = new AbortController();
    const reading = AbortSignal.any([signal, stop.signal]);
    const groups = kafka
      .reader()
      .read([{ topic, partition, offset: this.#offset }], reading)
      [Symbol.asyncIterator]();
    // The next group is fetched while one is written.
    let ahead = settled(groups.next());
    let verified = false;
    try {
      while (!signal.aborted) {
        const answer = await within(idleMs, ahead, signal);
        if (signal.aborted) return;
        if (answer === undefined) {
          await this.#lookAfter();
          continue;
        }
        if ('error' in answer) throw answer.error;
        if (answer.result.done === true) return;
        ahead = settled(groups.next());
        // The reader found the topic by its name: make sure that it is the one of the checkpoint.
        if (!verified && (await this.#topicId()) !== this.#place.topicId) throw this.#halted('topic-changed');
        verified = true;
        await this.#forward(answer.result.value, signal);
      }
    } catch (error) {
      throw this.#explained(error);
    } finally {
      stop.abort();
      await ahead;
      await groups.return?.();
    }
  }

  /** Finds out where to go on. */
  async #begin(): Promise<void> {
    const { nc, kafka, topic, partition } = this.#options;
    const checkpoint = await readDownCheckpoint(nc, this.#type, partition);
    const topicId = await this.#topicId();
    this.#place = { topic, topicId, partition };
    if (checkpoint === undefined) {
      const bounds = (await kafka.admin().bounds(topic)).find((one) => one.partition === partition);
      if (bounds === undefined) throw new KafkaError('unknown-topic', `Topic ${topic} has no partition ${partition}.`);
      this.#offset = bounds.first;
      return;
    }
    this.#offset = checkpoint.offset;
    this.#written = checkpoint.offset;
    this.#checkpointSequence = checkpoint.streamSequence;
    this.#writtenMs = checkpoint.storedMs;
    const same = checkpoint.topic === topic && (checkpoint.topicId ?? topicId) === topicId;
    if (!same) throw this.#halted('topic-changed');
  }

  async #forward(messages: readonly KafkaMessage[], signal: AbortSignal): Promise<void> {
    this.#settled = false;
    let left = messages.filter(({ offset }) => offset >= this.#offset);
    while (left.length > 0 && !signal.aborted) {
      const plan = await planDown(this.#down, left);
      const last = left[plan.taken - 1];
      if (last !== undefined) await this.#write(plan, last.offset + 1n);
      left = left.slice(plan.taken);
      if (plan.blocked !== undefined) {
        // What was dealt with stays so, even where nobody hears of it.
        if (this.#written !== this.#offset) await this.#store({ ...NOTHING }, this.#offset);
        throw plan.blocked;
      }
    }
  }

  /** Dead letters first: they are noted in Kafka, so that coming here again does not write them twice. */
  async #write(plan: DownPlan, next: bigint): Promise<void> {
    const { deadLetters, topic, partition, report, nowMs } = this.#options;
    if (plan.deadLetters.length > 0) {
      faultPoint('down-before-dead-letters');
      await deadLetters.write(this.#place, plan.deadLetters);
      faultPoint('down-after-dead-letters');
    }
    const due = plan.deadLetters.length > 0 || nowMs() - this.#writtenMs > SKIPPED_MS;
    if (plan.forwards.length > 0 || due) await this.#store(plan, next);
    this.#offset = next;
    const counts = {
      forwarded: plan.forwards.length,
      deadLettered: plan.deadLetters.length,
      skipped: plan.skipped,
    };
    report.wrote(topic, partition, counts, plan.oldestMs === undefined ? 0 : Math.max(0, nowMs() - plan.oldestMs));
  }

  /** One batch: the events, and last the place after them. */
  async #store({ forwards }: Pick<DownPlan, 'forwards'>, offset: bigint): Promise<void> {
    const { nc, partition, nowMs } = this.#options;
    const guard = {
      filter: downCheckpointSubject(this.#type, partition),
      lastSequence: this.#checkpointSequence,
    };
    const checkpoint = checkpointMessage(this.#type, { ...this.#place, offset });
    faultPoint('down-before-batch');
    this.#checkpointSequence = placeOf(await sendAtomicBatch(nc, guard, [...forwards, checkpoint]));
    faultPoint('down-after-batch');
    this.#written = offset;
    this.#writtenMs = nowMs();
    this.#unpurged += 1;
    if (this.#unpurged >= PURGE_AFTER) await this.#purge();
  }

  async #purge(): Promise<void> {
    const { nc, partition } = this.#options;
    faultPoint('down-before-purge');
    await purgeDownCheckpoints(nc, this.#type, partition);
    this.#unpurged = 0;
  }

  /** When nothing comes: keeps the checkpoint young, near the end of the partition, alone, and sees whether it is still there. */
  async #lookAfter(): Promise<void> {
    const { nc, partition, nowMs } = this.#options;
    const stored = await readDownCheckpoint(nc, this.#type, partition);
    if ((stored?.streamSequence ?? 0) !== this.#checkpointSequence) {
      throw new HubConflict('The checkpoint is another one than was written.');
    }
    if (!this.#settled) await this.#settle();
    const isOld = nowMs() - this.#writtenMs > REFRESH_MS;
    if (this.#written !== this.#offset || isOld) await this.#store(NOTHING, this.#offset);
    if (this.#unpurged > 1) await this.#purge();
  }

  /**
   * Moves past what readers never see, such as the marks of transactions: when Kafka drops old records, an offset
   * before such a mark would be out of range although nothing was missed.
   */
  async #settle(): Promise<void> {
    const { kafka, topic, partition } = this.#options;
    const bounds = (await kafka.admin().bounds(topic)).find((one) => one.partition === partition);
    if (bounds !== undefined && bounds.end > this.#offset) {
      const unread = await kafka.reader().readToEnd(topic, partition, this.#offset);
      if (unread.length > 0 || (await this.#topicId()) !== this.#place.topicId) return;
      this.#offset = bounds.end;
    }
    this.#settled = true;
  }

  /** The id of the topic as it is now. */
  async #topicId(): Promise<string> {
    const { kafka, topic } = this.#options;
    const [state] = await kafka.admin().topics([topic]);
    if (state === undefined) {
      throw new KafkaError('unknown-topic', `Topic ${topic} is not there: run \`dealeriq topics apply\`.`);
    }
    return state.id;
  }

  #explained(error: unknown): unknown {
    // Without a checkpoint nothing was promised: the first offset is asked for again.
    if (!(error instanceof KafkaError) || this.#written === undefined) return error;
    const { code } = error;
    return code === 'topic-changed' || code === 'offset-out-of-range' ? this.#halted(code, error) : error;
  }

  #halted(reason: DownHalted['reason'], cause?: unknown): DownHalted {
    return new DownHalted(reason, { ...this.#place, offset: this.#offset }, cause);
  }

  get #type(): string {
    return this.#down.definition.type;
  }
}

const NOTHING: Pick<DownPlan, 'forwards'> = { forwards: [] };

/** What work comes to, or `undefined` when that takes longer, or when the signal aborts. */
async function within<T>(milliseconds: number, work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const done = new AbortController();
  const timer = setTimeout(milliseconds, undefined, { signal: AbortSignal.any([done.signal, signal]) });
  try {
    return await Promise.race([work, timer.catch(() => undefined)]);
  } finally {
    done.abort();
  }
}

/** A read that runs ahead must not be an unhandled rejection before somebody asks for it. */
async function settled<T>(work: Promise<T>): Promise<{ readonly result: T } | { readonly error: unknown }> {
  try {
    return { result: await work };
  } catch (error) {
    return { error };
  }
}
