import { setTimeout as delay } from 'node:timers/promises';
import { KafkaError } from '../kafka.ts';
import { errorName, mayRetry, refusal } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';
import { pauseMs } from './retry.ts';
import type { ProduceBatch, TransactionProtocol } from './transaction-requests.ts';

/** A batch that waits for its turn, and who waits for it. */
interface Waiting extends ProduceBatch {
  readonly deadlineMs: number;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
  tries: number;
}

/** So many bytes go out in one request to a broker. */
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;
/** So many requests are on their way to a broker at once. */
const REQUESTS_MAX = 5;
/** A topic that the brokers do not know is asked for again for so long: it may just have been created. */
const UNKNOWN_TOPIC_MS = 5_000;

/**
 * Sends batches to the leaders of their partitions. A partition has one batch on its way at a time, so that a batch
 * that is tried again, with the sequence it had, never follows a later one; other partitions go on meanwhile. The
 * broker knows a batch that it has already by its sequence (KIP-98).
 */
export class BatchSender {
  readonly #cluster: Cluster;
  readonly #transactionalId: string;
  readonly #protocol: TransactionProtocol;
  #waiting: Waiting[] = [];
  /** Partitions with a batch on its way or in a pause. */
  readonly #busy = new Set<string>();
  readonly #requests = new Map<number, number>();
  readonly #underway = new Set<Promise<void>>();
  #stopped: Error | undefined;

  constructor(cluster: Cluster, transactionalId: string, protocol: TransactionProtocol) {
    this.#cluster = cluster;
    this.#transactionalId = transactionalId;
    this.#protocol = protocol;
  }

  /** Resolves once every batch is held by its broker. @throws {KafkaError} the first failure. */
  async send(batches: readonly ProduceBatch[]): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const deadlineMs = this.#cluster.deadlineMs();
    const sent = batches.map(
      (batch) =>
        new Promise<void>((done, failed) => {
          this.#waiting.push({ ...batch, deadlineMs, done, failed, tries: 0 });
        }),
    );
    this.#dispatch();
    await Promise.all(sent);
  }

  /** Fails what waits and resolves once nothing is on its way any more. `start` opens it again. */
  async stop(reason: Error): Promise<void> {
    this.#stopped = reason;
    for (const batch of this.#waiting.splice(0)) batch.failed(reason);
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  start(): void {
    this.#stopped = undefined;
  }

  /** Sends what can go now; called again whenever that changes. */
  #dispatch(): void {
    const held: Waiting[] = [];
    const requests = new Map<number, { bytes: number; batches: Waiting[] }>();
    // What has to wait keeps its place, and with it what follows it for the same partition.
    const blocked = new Set<string>();
    for (const batch of this.#waiting) {
      const place = placeOf(batch);
      const topic = this.#cluster.knownTopic(batch.topic);
      const leader = topic?.leaders[batch.partition] ?? -1;
      const request = requests.get(leader) ?? { bytes: 0, batches: [] };
      const fits = request.bytes === 0 || request.bytes + batch.bytes.length <= REQUEST_BYTES_MAX;
      const free = leader === -1 || (this.#requests.get(leader) ?? 0) < REQUESTS_MAX;
      if (this.#busy.has(place) || blocked.has(place) || !fits || !free) {
        blocked.add(place);
        held.push(batch);
        continue;
      }
      this.#busy.add(place);
      request.bytes += batch.bytes.length;
      request.batches.push(batch);
      requests.set(leader, request);
    }
    this.#waiting = held;
    for (const [leader, { batches }] of requests) {
      this.#requests.set(leader, (this.#requests.get(leader) ?? 0) + 1);
      const sending = (leader === -1 ? this.#locate(batches) : this.#produce(leader, batches)).finally(() => {
        this.#requests.set(leader, (this.#requests.get(leader) ?? 1) - 1);
        this.#underway.delete(sending);
        this.#dispatch();
      });
      this.#underway.add(sending);
    }
  }

  /** Finds out where the partitions are led, then lets the batches go on. */
  async #locate(batches: readonly Waiting[]): Promise<void> {
    try {
      await this.#cluster.metadata([...new Set(batches.map((batch) => batch.topic))]);
    } catch (error) {
      await this.#again(batches, asError(error));
      return;
    }
    const placed = batches.filter((batch) => this.#hasLeader(batch));
    this.#release(placed);
    const lost = batches.filter((batch) => !placed.includes(batch));
    if (lost.length > 0) await this.#again(lost, refusal(3, `Write to topic ${lost[0]?.topic}`));
  }

  #hasLeader(batch: Waiting): boolean {
    return (this.#cluster.knownTopic(batch.topic)?.leaders[batch.partition] ?? -1) !== -1;
  }

  async #produce(leader: number, batches: readonly Waiting[]): Promise<void> {
    const timeoutMs = this.#cluster.requestTimeoutMs;
    const unanswered = new Map(batches.map((batch) => [placeOf(batch), batch]));
    const paused: Promise<void>[] = [];
    try {
      const answer = await this.#cluster.call(
        leader,
        this.#protocol.produce,
        this.#transactionalId,
        timeoutMs,
        batches,
      );
      for (const { name, partitionResponses } of answer.responses) {
        for (const { index, errorCode, errorMessage } of partitionResponses) {
          const batch = unanswered.get(`${name}/${index}`);
          if (batch === undefined) continue;
          unanswered.delete(placeOf(batch));
          if (errorCode === 0 || errorName(errorCode) === 'DUPLICATE_SEQUENCE_NUMBER') {
            this.#busy.delete(placeOf(batch));
            batch.done();
          } else {
            paused.push(this.#again([batch], refusal(errorCode, `Write to ${name}/${index}`, errorMessage)));
          }
        }
      }
      if (unanswered.size > 0) {
        const missing = new KafkaError('unavailable', `Broker ${leader} left partitions out of its answer`);
        paused.push(this.#again([...unanswered.values()], missing));
      }
    } catch (error) {
      paused.push(this.#again([...unanswered.values()], asError(error)));
    }
    await Promise.all(paused);
  }

  /** Puts batches back to the front after a pause, or fails them where trying again cannot help. */
  async #again(batches: readonly Waiting[], error: Error): Promise<void> {
    const [first] = batches;
    if (first === undefined) return;
    const over = this.#stopped ?? (mayRetry(error) ? undefined : error);
    const retried: Waiting[] = [];
    for (const batch of batches) {
      batch.tries += 1;
      const patience =
        error instanceof KafkaError && error.code === 'unknown-topic'
          ? batch.deadlineMs - (this.#cluster.deadlineMs() - Date.now()) + UNKNOWN_TOPIC_MS
          : batch.deadlineMs;
      if (over !== undefined || Date.now() >= patience) {
        this.#busy.delete(placeOf(batch));
        batch.failed(over ?? error);
      } else {
        retried.push(batch);
      }
    }
    if (retried.length === 0) return;
    const reason = error instanceof KafkaError ? error.reason : undefined;
    // The coordinator is still ending the previous transaction: a matter of milliseconds, and nothing has moved.
    if (reason !== 'CONCURRENT_TRANSACTIONS') for (const { topic } of retried) this.#cluster.forget(topic);
    await delay(reason === 'CONCURRENT_TRANSACTIONS' ? 5 : pauseMs(first.tries));
    this.#release(retried);
  }

  #release(batches: readonly Waiting[]): void {
    for (const batch of batches) this.#busy.delete(placeOf(batch));
    if (this.#stopped === undefined) this.#waiting.unshift(...batches);
    else for (const batch of batches) batch.failed(this.#stopped);
  }
}

function placeOf({ topic, partition }: ProduceBatch): string {
  return `${topic}/${partition}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
