import { type API, findCoordinatorV4, metadataV12 } from '@platformatic/kafka';
import { KafkaError, type KafkaSettings } from '../kafka.ts';
import type { MetadataAnswer } from './answers.ts';
import { accepted } from './broker-answer.ts';
import { type BrokerAddress, type BrokerConnection, openConnection, request } from './connection.ts';

/** What is known of a topic. Partition numbers index `leaders`; -1 is a partition without a leader now. */
export interface TopicPlace {
  readonly id: string;
  readonly leaders: readonly number[];
  readonly replicationFactor: number;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The brokers as one user sees them: where each partition is led, which broker coordinates, and a connection to each.
 * Every producer, reader and membership has its own, so that none waits behind another's long request.
 */
export class Cluster {
  readonly settings: KafkaSettings;
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  readonly #topics = new Map<string, TopicPlace>();
  #brokers = new Map<number, BrokerAddress>();
  #controller = -1;
  readonly #onClosed: (cluster: Cluster) => void;
  #closed = false;

  constructor(settings: KafkaSettings, onClosed: (cluster: Cluster) => void = () => {}) {
    this.settings = settings;
    this.#onClosed = onClosed;
  }

  get requestTimeoutMs(): number {
    return this.settings.requestTimeoutMs ?? 10_000;
  }

  /** When a call that begins now gives up. */
  deadlineMs(): number {
    return Date.now() + (this.settings.deliveryTimeoutMs ?? 30_000);
  }

  /** One request to one broker. @throws {KafkaError} `unavailable`. */
  async call<Arguments extends unknown[], Answer>(
    node: number,
    api: API<Arguments, Answer>,
    ...args: Arguments
  ): Promise<Answer> {
    const address = this.#brokers.get(node);
    if (address === undefined) throw new KafkaError('unavailable', `Kafka broker ${node} is not known at present`);
    return await request(await this.#connection(address), api, ...args);
  }

  /** One request to any broker that can be reached. @throws {KafkaError} `unavailable` when none can. */
  async callAny<Arguments extends unknown[], Answer>(api: API<Arguments, Answer>, ...args: Arguments): Promise<Answer> {
    let last: unknown;
    for (const address of this.#addresses()) {
      try {
        return await request(await this.#connection(address), api, ...args);
      } catch (error) {
        if (!(error instanceof KafkaError) || error.code !== 'unavailable') throw error;
        last = error;
      }
    }
    throw last ?? new KafkaError('misuse', 'No Kafka broker is configured: set KAFKA_BROKERS to host:port');
  }

  /** One request to the controller; where brokers pass such requests on, to any. */
  async callController<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    ...args: Arguments
  ): Promise<Answer> {
    await this.metadata([]);
    return await (this.#brokers.has(this.#controller)
      ? this.call(this.#controller, api, ...args)
      : this.callAny(api, ...args));
  }

  /** Asks the brokers about topics (`null`: all of them) and keeps the answer. Topics that are not there are left out. */
  async metadata(names: readonly string[] | null): Promise<MetadataAnswer> {
    const answer = await this.callAny(metadataV12.api, names === null ? null : [...names], false, false);
    this.#brokers = new Map(answer.brokers.map((broker) => [broker.nodeId, { host: broker.host, port: broker.port }]));
    this.#controller = answer.controllerId;
    for (const name of names ?? []) this.#topics.delete(name);
    for (const topic of answer.topics) {
      if (topic.errorCode !== 0 || !topic.name) continue;
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of topic.partitions) leaders[partitionIndex] = leaderId;
      this.#topics.set(topic.name, {
        id: topic.topicId === NO_ID ? '' : topic.topicId,
        leaders,
        replicationFactor: topic.partitions[0]?.replicaNodes.length ?? 0,
      });
    }
    return answer;
  }

  /** What is known of a topic; asks the brokers the first time and after `forget`. @throws {KafkaError} `unknown-topic`. */
  async topic(name: string): Promise<TopicPlace> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const answer = await this.metadata([name]);
    const found = this.#topics.get(name);
    if (found !== undefined) return found;
    accepted(answer.topics[0]?.errorCode ?? 3, `Topic ${name}`);
    throw new KafkaError('unknown-topic', `Topic ${name} does not exist: create it with dealeriq topics apply`);
  }

  /** The topic if it is known here already. */
  knownTopic(name: string): TopicPlace | undefined {
    return this.#topics.get(name);
  }

  /** The next use asks the brokers again: a partition has moved. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** The broker that coordinates a transactional id or a group. */
  async coordinator(kind: 'group' | 'transaction', key: string): Promise<number> {
    const answer = await this.callAny(findCoordinatorV4.api, kind === 'group' ? 0 : 1, [key]);
    const found = answer.coordinators[0];
    accepted(found?.errorCode ?? 15, `Coordinator of ${kind} ${key}`, found?.errorMessage);
    const node = found?.nodeId ?? -1;
    if (!this.#brokers.has(node)) await this.metadata([]);
    return node;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#onClosed(this);
    const open = [...this.#connections.values()];
    this.#connections.clear();
    for (const opening of open) {
      const connection = await opening.catch(() => undefined);
      await connection?.close();
    }
  }

  *#addresses(): Iterable<BrokerAddress> {
    yield* this.#brokers.values();
    for (const broker of this.settings.brokers) {
      const colon = broker.lastIndexOf(':');
      yield { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
    }
  }

  #connection(address: BrokerAddress): Promise<BrokerConnection> {
    if (this.#closed) return Promise.reject(new KafkaError('misuse', 'This Kafka connection was closed'));
    const key = `${address.host}:${address.port}`;
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const opening = openConnection(address, this.settings);
    this.#connections.set(key, opening);
    const drop = (): void => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
    };
    opening.then((connection) => {
      connection.once('close', drop);
      connection.once('error', drop);
      connection.onRetired = () => {
        drop();
        // By then what was on its way is answered or has timed out.
        setTimeout(() => void connection.close(), this.requestTimeoutMs).unref();
      };
      if (!connection.isConnected()) drop();
    }, drop);
    return opening;
  }
}
