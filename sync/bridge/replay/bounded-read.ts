import type { KafkaMessage, KafkaReader } from '../kafka.ts';

/** A part of a partition: from an offset up to one that does not belong to it any more. */
export interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly end: bigint;
}

/** The first look back, in offsets; a transaction ends with one control record. */
const LOOK_BACK = 16n;

/**
 * The committed records of a stretch, in their order, however much is written after it meanwhile. Memory stays at what
 * one fetch brings.
 * @throws {KafkaError} as `KafkaReader.read` does.
 */
export async function* readStretch(reader: KafkaReader, stretch: Stretch): AsyncGenerator<KafkaMessage> {
  const { topic, partition, from, end } = stretch;
  const last = await lastRecordOf(reader, stretch);
  if (last === undefined) return;
  const abort = new AbortController();
  try {
    for await (const messages of reader.read([{ topic, partition, offset: from }], abort.signal)) {
      for (const message of messages) {
        if (message.offset >= end) return;
        yield message;
        if (message.offset >= last) return;
      }
    }
  } finally {
    abort.abort();
  }
}

/**
 * The offset of the last committed record of a stretch. What lies between it and the end is control records, aborted
 * records or places that compaction emptied: a reader that waits for something there waits for ever.
 */
async function lastRecordOf(reader: KafkaReader, stretch: Stretch): Promise<bigint | undefined> {
  const { topic, partition, from, end } = stretch;
  for (let back = LOOK_BACK; from < end; back *= 8n) {
    const start = end - back > from ? end - back : from;
    const messages = await reader.readToEnd(topic, partition, start);
    const last = messages.findLast(({ offset }) => offset < end);
    if (last !== undefined) return last.offset;
    if (start === from) return undefined;
  }
  return undefined;
}

/**
 * The records of several stretches by their time in Kafka; those of one partition always in its order, so that the
 * events of a dealer and topic come in sequence. Ties go by topic, partition and offset, so that each run gives the
 * same order.
 */
export async function* mergeByTime(reader: KafkaReader, stretches: readonly Stretch[]): AsyncGenerator<KafkaMessage> {
  const sources = stretches.filter(({ from, end }) => from < end).map((stretch) => readStretch(reader, stretch));
  try {
    const heads: { source: AsyncGenerator<KafkaMessage>; message: KafkaMessage }[] = [];
    const advance = async (source: AsyncGenerator<KafkaMessage>) => {
      const { done, value } = await source.next();
      return done === true ? undefined : { source, message: value };
    };
    for (const head of await Promise.all(sources.map(advance))) if (head !== undefined) heads.push(head);
    while (heads.length > 0) {
      let first = 0;
      for (let index = 1; index < heads.length; index += 1) {
        if (isBefore(heads[index]?.message, heads[first]?.message)) first = index;
      }
      const head = heads[first];
      if (head === undefined) return;
      yield head.message;
      const next = await advance(head.source);
      if (next === undefined) heads.splice(first, 1);
      else heads[first] = next;
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}

function isBefore(left: KafkaMessage | undefined, right: KafkaMessage | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (left.timestampMs !== right.timestampMs) return left.timestampMs < right.timestampMs;
  if (left.topic !== right.topic) return left.topic < right.topic;
  if (left.partition !== right.partition) return left.partition < right.partition;
  return left.offset < right.offset;
}
