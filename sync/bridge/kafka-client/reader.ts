import { fetchV13 } from '@platformatic/kafka';
import { KafkaError, type KafkaMessage, type KafkaPosition, type KafkaReader } from '../kafka.ts';
import type { FetchAnswer, FetchTopic } from './answers.ts';
import { accepted, refusal } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';
import { committedOf } from './committed.ts';
import { LATEST, listOffsets } from './offsets.ts';
import { retrying } from './retry.ts';

const READ_COMMITTED = 1;
const NO_SESSION = 0;
const FULL_FETCH = -1;
/** How long a broker holds an answer back for lack of records. */
const WAIT_MS = 500;
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;
const PARTITION_BYTES_MAX = 1024 * 1024;
/** Brokers that have just started may not know every topic yet. */
const UNKNOWN_TOPIC_MS = 10_000;
const TOPIC_IS_UNKNOWN: ReadonlySet<string> = new Set(['unknown-topic', 'topic-changed']);

/** A place in a partition whose topic is known by its id: a topic made again is another one. */
interface Cursor {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  offset: bigint;
}

interface Fetched {
  readonly cursor: Cursor;
  readonly messages: readonly KafkaMessage[];
  readonly next: bigint;
  /** Nothing was there, and the broker did not merely hold it back under a quota. */
  readonly nothing: boolean;
  readonly lastStableOffset: bigint;
}

/** Reads committed records. Each call has connections of its own, which end with it. */
export class Reader implements KafkaReader {
  readonly #connect: () => Cluster;

  constructor(connect: () => Cluster) {
    this.#connect = connect;
  }

  async *read(from: readonly KafkaPosition[], signal: AbortSignal): AsyncIterable<readonly KafkaMessage[]> {
    if (signal.aborted || from.length === 0) return;
    const cluster = this.#connect();
    const onAbort = (): void => void cluster.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const cursors = await locate(cluster, from);
      const idle = new Set(cursors);
      const fetches = new Map<number, Promise<{ node: number; group: Cursor[]; fetched: readonly Fetched[] }>>();
      while (!signal.aborted) {
        for (const [node, group] of byLeader(cluster, idle)) {
          // A broker answers one request of a connection at a time.
          if (fetches.has(node)) continue;
          for (const cursor of group) idle.delete(cursor);
          fetches.set(
            node,
            patiently(cluster, group, signal).then((fetched) => ({ node, group, fetched })),
          );
        }
        const { node, group, fetched } = await Promise.race(fetches.values());
        fetches.delete(node);
        for (const cursor of group) idle.add(cursor);
        for (const { messages } of fetched) if (messages.length > 0) yield messages;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await cluster.close();
    }
  }

  async readToEnd(topic: string, partition: number, fromOffset: bigint): Promise<readonly KafkaMessage[]> {
    const cluster = this.#connect();
    try {
      const deadlineMs = cluster.deadlineMs();
      const [cursor] = await locate(cluster, [{ topic, partition, offset: fromOffset }]);
      if (cursor === undefined) return [];
      const ends = await retrying(
        deadlineMs,
        () => listOffsets(cluster, topic, LATEST, partition),
        () => cluster.forget(topic),
      );
      const end = ends.get(partition);
      if (end === undefined) throw refusal(3, `Read ${topic}/${partition}`);
      if (fromOffset > end) {
        throw new KafkaError('offset-out-of-range', `Read ${topic}/${partition} from ${fromOffset}: it ends at ${end}`);
      }
      const messages: KafkaMessage[] = [];
      while (cursor.offset < end) {
        const [fetched] = await retrying(
          cluster.deadlineMs(),
          () => fetch(cluster, [cursor]),
          () => cluster.forget(topic),
        );
        if (fetched === undefined) continue;
        for (const message of fetched.messages) if (message.offset < end) messages.push(message);
        // Compaction may have taken everything between here and the end.
        if (fetched.nothing && fetched.lastStableOffset >= end) break;
      }
      return messages;
    } finally {
      await cluster.close();
    }
  }
}

async function locate(cluster: Cluster, from: readonly KafkaPosition[]): Promise<readonly Cursor[]> {
  const deadlineMs = cluster.deadlineMs();
  const cursors: Cursor[] = [];
  for (const { topic, partition, offset } of from) {
    const place = await retrying(Math.min(deadlineMs, Date.now() + 5_000), () => cluster.topic(topic));
    cursors.push({ topic, topicId: place.id, partition, offset });
  }
  return cursors;
}

function byLeader(cluster: Cluster, cursors: Iterable<Cursor>): ReadonlyMap<number, Cursor[]> {
  return Map.groupBy(cursors, ({ topic, partition }) => cluster.knownTopic(topic)?.leaders[partition] ?? -1);
}

/** Fetches for as long as it takes, also while brokers are away; a topic that stays unknown is gone. */
async function patiently(
  cluster: Cluster,
  cursors: readonly Cursor[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  let unknownSinceMs: number | undefined;
  const attempt = async (): Promise<readonly Fetched[]> => {
    try {
      return await fetch(cluster, cursors);
    } catch (error) {
      const unknown = error instanceof KafkaError && TOPIC_IS_UNKNOWN.has(error.code);
      if (!unknown) throw error;
      unknownSinceMs ??= Date.now();
      if (Date.now() - unknownSinceMs < UNKNOWN_TOPIC_MS) throw error;
      throw new KafkaError('topic-changed', `${error.message}: the topic was deleted`, { cause: error });
    }
  };
  const forget = (): void => {
    for (const { topic } of cursors) cluster.forget(topic);
  };
  return await retrying(Number.POSITIVE_INFINITY, attempt, forget, signal);
}

/** One fetch from the broker that leads the first of these partitions, for all that it leads. Moves their cursors. */
async function fetch(cluster: Cluster, group: readonly Cursor[]): Promise<readonly Fetched[]> {
  const [first] = group;
  if (first === undefined) return [];
  const topics: FetchTopic[] = [];
  for (const cursor of group) {
    const place = await cluster.topic(cursor.topic);
    if (place.id !== cursor.topicId) {
      throw new KafkaError('topic-changed', `Read ${cursor.topic}: the topic was deleted and made again since`);
    }
  }
  const [[leader, cursors] = [-1, [first]]] = byLeader(cluster, group);
  for (const [topicId, of] of Map.groupBy(cursors, (cursor) => cursor.topicId)) {
    topics.push({
      topicId,
      partitions: of.map(({ partition, offset }) => ({
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: offset,
        lastFetchedEpoch: -1,
        partitionMaxBytes: PARTITION_BYTES_MAX,
      })),
    });
  }
  const answer: FetchAnswer = await cluster.call(
    leader,
    fetchV13.api,
    WAIT_MS,
    1,
    REQUEST_BYTES_MAX,
    READ_COMMITTED,
    NO_SESSION,
    FULL_FETCH,
    topics,
    [],
    '',
  );
  accepted(answer.errorCode, `Read ${first.topic}`);
  const fetched: Fetched[] = [];
  const parts = answer.responses.flatMap(({ topicId, partitions }) => partitions.map((part) => ({ topicId, part })));
  for (const { topicId, part } of parts) {
    const cursor = cursors.find((one) => one.topicId === topicId && one.partition === part.partitionIndex);
    if (cursor === undefined) continue;
    accepted(part.errorCode, `Read ${cursor.topic}/${cursor.partition} from ${cursor.offset}`);
    const { messages, next } = committedOf(cursor.topic, part, cursor.offset);
    const nothing = next === cursor.offset && answer.throttleTimeMs === 0;
    fetched.push({ cursor, messages, next, nothing, lastStableOffset: part.lastStableOffset });
  }
  // Only once every part was accepted: a fetch that fails is repeated as a whole.
  for (const { cursor, next } of fetched) cursor.offset = next;
  return fetched;
}
