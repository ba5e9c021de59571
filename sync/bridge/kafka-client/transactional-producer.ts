import { apiVersionsV3, initProducerIdV4 } from '@platformatic/kafka';
import { Fenced, KafkaError, type KafkaRecord, type TransactionalProducer } from '../kafka.ts';
import { BatchSender } from './batch-sender.ts';
import { accepted, BrokerRefusal, refusal } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';
import { partitionOf } from './partitioner.ts';
import { encodeBatch, type KeyedRecord, recordBytesMax } from './record-batch.ts';
import { retrying } from './retry.ts';
import {
  addPartitions,
  type ProduceBatch,
  TRANSACTION_VERSION_1,
  TRANSACTION_VERSION_2,
  type TransactionProtocol,
} from './transaction-requests.ts';

type State = 'idle' | 'open' | 'failed' | 'ending' | 'ended';

/** Below `max.message.bytes` as brokers have it by default (1,048,588). */
const BATCH_BYTES_MAX = 900_000;
const NOT_A_PRODUCER = { producerId: -1n, epoch: -1 };

/**
 * Opens a transactional id: waits until the transaction of an earlier producer is ended, and fences that one.
 * @throws {KafkaError} when the brokers refuse or cannot be reached in time.
 */
export async function openProducer(
  cluster: Cluster,
  transactionalId: string,
  transactionTimeoutMs: number,
): Promise<TransactionalProducer> {
  const deadlineMs = cluster.deadlineMs();
  const versions = await retrying(deadlineMs, () => cluster.callAny(apiVersionsV3.api, 'dealeriq-edge', '1'));
  const feature = versions.finalizedFeatures?.find(({ name }) => name === 'transaction.version');
  const protocol = (feature?.maxVersionLevel ?? 0) >= 2 ? TRANSACTION_VERSION_2 : TRANSACTION_VERSION_1;
  const producer = new Producer(cluster, transactionalId, transactionTimeoutMs, protocol);
  await producer.initialise(NOT_A_PRODUCER, deadlineMs);
  return producer;
}

class Producer implements TransactionalProducer {
  readonly #cluster: Cluster;
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #protocol: TransactionProtocol;
  readonly #sender: BatchSender;
  readonly #sequences = new Map<string, number>();
  /** Partitions of the transaction that the coordinator knows; used by the protocol that adds them beforehand. */
  readonly #added = new Set<string>();
  #self = NOT_A_PRODUCER;
  #coordinator: number | undefined;
  #state: State = 'idle';
  /** Whether the brokers may have seen something of this transaction. */
  #touched = false;
  #failure: KafkaError | undefined;
  #sending = 0;
  /** Sends are encoded in the order in which they were called, also where one has to wait for metadata. */
  #encoded: Promise<unknown> = Promise.resolve();

  constructor(cluster: Cluster, id: string, timeoutMs: number, protocol: TransactionProtocol) {
    this.#cluster = cluster;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#protocol = protocol;
    this.#sender = new BatchSender(cluster, id, protocol);
  }

  /** InitProducerId. With `NOT_A_PRODUCER` it takes the id over; with the present identity it raises its epoch. */
  async initialise(self: { producerId: bigint; epoch: number }, deadlineMs: number): Promise<void> {
    const answer = await this.#ask(deadlineMs, async (node) => {
      const made = await this.#cluster.call(
        node,
        initProducerIdV4.api,
        this.#id,
        this.#timeoutMs,
        self.producerId,
        self.epoch,
      );
      accepted(made.errorCode, `Open transactional id ${this.#id}`);
      return made;
    });
    this.#become({ producerId: answer.producerId, epoch: answer.producerEpoch });
  }

  begin(): Promise<void> {
    return this.#guarded(() => {
      if (this.#state !== 'idle') throw this.#misuse('begin');
      this.#state = 'open';
      this.#touched = false;
      this.#added.clear();
    });
  }

  async send(records: readonly KafkaRecord[]): Promise<void> {
    if (this.#state !== 'open') throw this.#misuse('send');
    this.#sending += 1;
    const encoded = this.#encoded.then(() => this.#encode(records));
    this.#encoded = encoded.catch(() => {});
    try {
      const batches = await encoded;
      if (batches.length === 0) return;
      if (!this.#protocol.implicit) await this.#addPartitions(batches);
      await this.#sender.send(batches);
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#sending -= 1;
    }
  }

  async commit(): Promise<void> {
    if (this.#state === 'failed') throw this.#failed();
    if (this.#state !== 'open') throw this.#misuse('commit');
    if (this.#sending > 0) throw new KafkaError('misuse', `commit under ${this.#id} while records are being sent`);
    await this.#end(true);
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open' && this.#state !== 'failed') throw this.#misuse('abort');
    const failed = this.#state === 'failed';
    await this.#sender.stop(new KafkaError('transaction-failed', `The transaction of ${this.#id} was aborted`));
    await this.#encoded;
    await this.#end(false);
    this.#sender.start();
    if (!failed || this.#protocol.implicit) return;
    // Which sequences the brokers have seen is not known: a new epoch begins them anew (KIP-360).
    try {
      await this.initialise(this.#self, this.#cluster.deadlineMs());
    } catch (error) {
      throw this.#finished(error);
    }
  }

  async close(): Promise<void> {
    const closed = new KafkaError('misuse', `The producer ${this.#id} was closed`);
    this.#failure ??= closed;
    this.#state = 'ended';
    await this.#cluster.close();
    await this.#sender.stop(closed);
  }

  /** Cuts records into batches, one or more a partition, with their sequences. */
  async #encode(records: readonly KafkaRecord[]): Promise<readonly ProduceBatch[]> {
    const deadlineMs = this.#cluster.deadlineMs();
    const groups = new Map<string, { topic: string; partition: number; bytes: number; records: KeyedRecord[] }>();
    const full: { topic: string; partition: number; records: KeyedRecord[] }[] = [];
    for (const record of records) {
      const place =
        this.#cluster.knownTopic(record.topic) ??
        (await retrying(Math.min(deadlineMs, Date.now() + 5_000), () => this.#cluster.topic(record.topic)));
      const keyed = { record, key: Buffer.from(record.key) };
      const partition = record.partition ?? partitionOf(keyed.key, place.leaders.length);
      const name = `${record.topic}/${partition}`;
      const bytes = recordBytesMax(keyed);
      let group = groups.get(name);
      if (group !== undefined && group.bytes + bytes > BATCH_BYTES_MAX) {
        full.push(group);
        group = undefined;
      }
      if (group === undefined) {
        group = { topic: record.topic, partition, bytes: 0, records: [] };
        groups.set(name, group);
      }
      group.bytes += bytes;
      group.records.push(keyed);
    }
    if (this.#state !== 'open') throw this.#failed();
    return [...full, ...groups.values()].map((group) => this.#batch(group));
  }

  #batch({ topic, partition, records }: { topic: string; partition: number; records: KeyedRecord[] }): ProduceBatch {
    const name = `${topic}/${partition}`;
    const firstSequence = this.#sequences.get(name) ?? 0;
    // Sequences wrap at 2^31, as Kafka's DefaultRecordBatch.incrementSequence has it.
    this.#sequences.set(name, (firstSequence + records.length) % 2 ** 31);
    this.#touched = true;
    const author = { ...this.#self, firstSequence };
    return { topic, partition, bytes: encodeBatch(records, author, this.#cluster.settings.compression ?? 'none') };
  }

  async #addPartitions(batches: readonly ProduceBatch[]): Promise<void> {
    const fresh = batches.filter(({ topic, partition }) => !this.#added.has(`${topic}/${partition}`));
    if (fresh.length === 0) return;
    const topics = [...Map.groupBy(fresh, ({ topic }) => topic)].map(([name, of]) => ({
      name,
      partitions: [...new Set(of.map(({ partition }) => partition))],
    }));
    const { producerId, epoch } = this.#self;
    const transaction = { transactionalId: this.#id, producerId, producerEpoch: epoch, verifyOnly: false, topics };
    await this.#ask(this.#cluster.deadlineMs(), async (node) => {
      const answer = await this.#cluster.call(node, addPartitions, [transaction]);
      for (const { name, resultsByPartition } of answer.resultsByTransaction[0]?.topicResults ?? []) {
        for (const { partitionIndex, partitionErrorCode } of resultsByPartition) {
          accepted(partitionErrorCode, `Add ${name}/${partitionIndex} to the transaction of ${this.#id}`);
        }
      }
    });
    for (const { topic, partition } of fresh) this.#added.add(`${topic}/${partition}`);
  }

  /** EndTxn, asked again until it is answered: a repeated one for the same transaction is answered as the first was. */
  async #end(commit: boolean): Promise<void> {
    const failed = this.#state === 'failed';
    this.#state = 'ending';
    if (!this.#touched) {
      this.#state = 'idle';
      this.#failure = undefined;
      return;
    }
    const { producerId, epoch } = this.#self;
    const verb = commit ? 'Commit' : 'Abort';
    // An answer was lost: an earlier request may have ended the transaction.
    let unsure = false;
    try {
      const answer = await this.#ask(this.#cluster.deadlineMs(), async (node) => {
        const asking = this.#cluster.call(node, this.#protocol.endTxn, this.#id, producerId, epoch, commit);
        const ended = await asking.catch((error: unknown) => {
          unsure = true;
          throw error;
        });
        // Where sends failed, the coordinator may never have heard of the transaction.
        const nothingOpen = !commit && failed && !this.#protocol.implicit && ended.errorCode === 48;
        if (!nothingOpen) accepted(ended.errorCode, `${verb} the transaction of ${this.#id}`);
        return ended;
      });
      if (answer.next !== undefined) this.#become(answer.next);
      this.#state = 'idle';
      this.#failure = undefined;
    } catch (error) {
      if (commit && !unsure && error instanceof BrokerRefusal && error.code === 'transaction-failed') {
        this.#state = 'open';
        throw this.#fail(error);
      }
      throw this.#finished(error);
    }
  }

  /** Asks the coordinator of this transactional id, wherever it is. */
  async #ask<T>(deadlineMs: number, question: (node: number) => Promise<T>): Promise<T> {
    return await retrying(
      deadlineMs,
      async () => {
        this.#coordinator ??= await this.#cluster.coordinator('transaction', this.#id);
        return await question(this.#coordinator);
      },
      (error) => {
        const still = error instanceof BrokerRefusal && error.reason === 'CONCURRENT_TRANSACTIONS';
        if (!still) this.#coordinator = undefined;
      },
    );
  }

  #become(self: { producerId: bigint; epoch: number }): void {
    if (self.producerId !== this.#self.producerId || self.epoch !== this.#self.epoch) this.#sequences.clear();
    this.#self = self;
  }

  /** Notes that the transaction cannot be committed any more. */
  #fail(error: unknown): KafkaError {
    if (error instanceof Fenced) return this.#finished(error);
    if (this.#state === 'open') {
      this.#state = 'failed';
      this.#failure = error instanceof KafkaError ? error : refusal(-1, `Write under ${this.#id}: ${String(error)}`);
    }
    return error instanceof KafkaError ? error : this.#failed();
  }

  /** Notes that this producer can do nothing more. */
  #finished(error: unknown): KafkaError {
    this.#state = 'ended';
    this.#failure =
      error instanceof Fenced
        ? error
        : new KafkaError(
            'must-reopen',
            `The end of the transaction of ${this.#id} is not known: open the id again and read what is committed`,
            { cause: error },
          );
    return this.#failure;
  }

  #failed(): KafkaError {
    if (this.#failure instanceof Fenced) return this.#failure;
    return new KafkaError(
      'transaction-failed',
      `The transaction of ${this.#id} has failed and must be aborted: ${this.#failure?.message ?? 'it is not open'}`,
      { cause: this.#failure },
    );
  }

  #misuse(call: string): KafkaError {
    if (this.#state === 'ended' && this.#failure !== undefined) return this.#failure;
    if (this.#state === 'failed') return this.#failed();
    return new KafkaError('misuse', `${call} under ${this.#id} while the transaction is ${this.#state}`);
  }

  async #guarded(step: () => void): Promise<void> {
    await Promise.resolve();
    step();
  }
}
