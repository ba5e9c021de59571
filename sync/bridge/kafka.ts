/** What the bridge asks of a Kafka client, whichever it is. Every adapter passes test/contract/kafka.contract.ts. */

export interface KafkaHeader {
  readonly name: string;
  readonly value: Uint8Array;
}

/** A record to write. Without `partition` the key decides, by murmur2 as Kafka's own clients do. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: string;
  /** `null` deletes the key from a compacted topic. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The record's own time; now without it. */
  readonly timestampMs?: number;
}

/** A record as it was read. */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  readonly headers: readonly KafkaHeader[];
}

/** A place in a topic. */
export interface KafkaPosition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly offset: bigint;
}

/**
 * A producer under a transactional id. Opening it fences every earlier one with that id and aborts what that one had
 * left open (KIP-98, KIP-360). One transaction at a time: begin, send any number of times, then commit or abort.
 *
 * A failed `send` fails the transaction: only `abort` goes on from there. A producer whose commit or abort threw
 * `must-reopen` takes no further call but `close`; open another with the same id.
 */
export interface TransactionalProducer {
  begin(): Promise<void>;
  /**
   * Resolves once the brokers hold the records, uncommitted. Calls may overlap; records of one partition keep the
   * order of the calls.
   * @throws {Fenced} see `commit`.
   * @throws {KafkaError} `transaction-failed`, `too-large`, `unknown-topic`, `unauthorized`, `unavailable`.
   */
  send(records: readonly KafkaRecord[]): Promise<void>;
  /**
   * Every `send` has to be over. Resolves once the transaction is committed for good. An answer that was lost is asked for again. Readers see the
   * records shortly after; whoever opens the id again finds them readable.
   * @throws {Fenced} when another producer has taken the id over, or the broker gave the transaction up after its
   *   time-out. Only where an answer had been lost before, it may have been committed first.
   * @throws {KafkaError} `transaction-failed` when nothing of it will be read: abort it; `must-reopen` when the brokers
   *   could not be asked in time: it may be committed or not, and what is read after reopening tells which.
   */
  commit(): Promise<void>;
  /** @throws {Fenced} as `commit`. @throws {KafkaError} `must-reopen`: opening the id again aborts it. */
  abort(): Promise<void>;
  /** Ends the connections. What is open stays open until the id is opened again or its time-out passes. */
  close(): Promise<void>;
}

/** What went wrong with Kafka, as a stable name. */
export type KafkaErrorCode =
  | 'unavailable'
  | 'fenced'
  | 'transaction-failed'
  | 'must-reopen'
  | 'too-large'
  | 'unknown-topic'
  | 'topic-changed'
  | 'offset-out-of-range'
  | 'unauthorized'
  | 'unsupported'
  | 'already-exists'
  | 'refused'
  | 'misuse';

/** A failure of Kafka or of the way to it. `reason` is the protocol's own name of the error, where it sent one. */
export class KafkaError extends Error {
  override readonly name: string = 'KafkaError';
  readonly code: KafkaErrorCode;
  readonly reason: string | undefined;

  constructor(code: KafkaErrorCode, detail: string, options: { reason?: string; cause?: unknown } = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
  }
}

/**
 * This producer must stop: its transactional id belongs to one that was opened later, or the broker gave the
 * transaction up because it was open for longer than its time-out.
 */
export class Fenced extends KafkaError {
  override readonly name = 'Fenced';

  constructor(detail: string, options: { reason?: string; cause?: unknown } = {}) {
    super('fenced', detail, options);
  }
}

/** Reads committed records only (`isolation.level=read_committed`), from given places, without a consumer group. */
export interface KafkaReader {
  /**
   * Groups of messages, each from one partition and in its order, until the signal aborts. Rides out brokers that are
   * away.
   * @throws {KafkaError} `offset-out-of-range`; `topic-changed` when the topic was deleted or made again;
   *   `unknown-topic`; `unauthorized`.
   */
  read(from: readonly KafkaPosition[], signal: AbortSignal): AsyncIterable<readonly KafkaMessage[]>;
  /**
   * Everything of a partition from an offset up to what is committed now (the last stable offset); used for
   * checkpoints.
   * @throws {KafkaError} as `read`, and `unavailable` when the brokers cannot be reached in time.
   */
  readToEnd(topic: string, partition: number, fromOffset: bigint): Promise<readonly KafkaMessage[]>;
}

/** A membership of a consumer group, used to share the partitions of a topic out among the copies of the bridge. */
export interface KafkaMembership {
  /**
   * Calls back with every new assignment until the signal aborts, then leaves the group. The callback is awaited
   * before the partitions that were taken away are given to another member, where the protocol allows that.
   */
  run(onAssigned: (partitions: readonly number[]) => Promise<void>, signal: AbortSignal): Promise<void>;
}

export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** What a topic is on the broker now. `id` changes when a topic is deleted and made again. */
export interface TopicState {
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** An access rule, as in Kafka's AclBinding; only `allow` rules are used. */
export interface AclRule {
  readonly principal: string;
  readonly resource: 'topic' | 'group' | 'transactional-id' | 'cluster';
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: 'read' | 'write' | 'describe' | 'create' | 'describe-configs' | 'idempotent-write';
}

export interface KafkaAdmin {
  /** The named topics that exist; all of them without names. Configuration holds what differs from the defaults. */
  topics(names?: readonly string[]): Promise<readonly TopicState[]>;
  createTopics(topics: readonly TopicSettings[]): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** `partitions` is how many there are afterwards. */
  addPartitions(topic: string, partitions: number): Promise<void>;
  setConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void>;
  acls(): Promise<readonly AclRule[]>;
  createAcls(rules: readonly AclRule[]): Promise<void>;
  /** For each partition the first offset at or after a time, or the end where there is none. */
  offsetsAt(topic: string, timeMs: number): Promise<readonly KafkaPosition[]>;
  /** First offset and end (exclusive; the last stable offset) of each partition. */
  bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]>;
}

/** A connection to a Kafka cluster. */
export interface Kafka {
  /** Fences earlier producers with this id before it resolves. */
  producer(
    transactionalId: string,
    options?: { readonly transactionTimeoutMs?: number },
  ): Promise<TransactionalProducer>;
  reader(): KafkaReader;
  membership(
    groupId: string,
    topic: string,
    options?: { readonly sessionTimeoutMs?: number; readonly rebalanceTimeoutMs?: number },
  ): KafkaMembership;
  admin(): KafkaAdmin;
  close(): Promise<void>;
}

/** How to reach and prove oneself to a cluster. */
export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly serverName?: string };
  readonly sasl?:
    | {
        readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
        readonly username: string;
        readonly password: string;
      }
    | { readonly mechanism: 'OAUTHBEARER'; readonly token: () => Promise<string> };
  /** For how long one answer of a broker is awaited. 10 seconds by default. */
  readonly requestTimeoutMs?: number;
  /** For how long a call is tried again before it fails. 30 seconds by default. */
  readonly deliveryTimeoutMs?: number;
  readonly compression?: 'none' | 'lz4' | 'zstd';
}
