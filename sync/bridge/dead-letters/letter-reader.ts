import type { Kafka } from '../kafka.ts';
import { partitionOf } from '../kafka-client/partitioner.ts';
import { readStretch, type Stretch } from '../replay/bounded-read.ts';
import { deadLetterStatusTopic, deadLetterTopic } from '../topic-list.ts';
import { foldStatuses, type LetterStatus } from './letter-status.ts';
import { readLetter, type StoredLetter } from './stored-letter.ts';

/** Dead letters that are read at a time when going backwards. */
const WINDOW = 200n;

/** Where a dead letter stands among the others. */
export type LetterPlace = Pick<StoredLetter, 'storedMs' | 'partition' | 'offset'>;

/**
 * The dead letters, newest first by the time at which Kafka stored them; after a place when one is given. Reads
 * backwards, a window at a time, so that the first page does not cost a read of everything.
 * @throws {KafkaError} what the reader throws.
 */
export async function* lettersNewestFirst(
  kafka: Kafka,
  prefix: string,
  after?: LetterPlace,
): AsyncGenerator<StoredLetter> {
  const topic = deadLetterTopic(prefix);
  const admin = kafka.admin();
  const bounds = await admin.bounds(topic);
  // What was stored later than the place cannot follow it.
  const upTo = after === undefined ? [] : await admin.offsetsAt(topic, after.storedMs + 1);
  const sources = bounds.map(({ partition, first, end }) => {
    const until = upTo.find((position) => position.partition === partition)?.offset ?? end;
    return backwards(kafka, { topic, partition, from: first, end: until < end ? until : end });
  });
  try {
    const heads: { source: AsyncGenerator<StoredLetter>; letter: StoredLetter }[] = [];
    const advance = async (source: AsyncGenerator<StoredLetter>) => {
      for (;;) {
        const { done, value } = await source.next();
        if (done === true) return undefined;
        if (after === undefined || isNewer(after, value)) return { source, letter: value };
      }
    };
    for (const head of await Promise.all(sources.map(advance))) if (head !== undefined) heads.push(head);
    while (heads.length > 0) {
      heads.sort((left, right) => (isNewer(left.letter, right.letter) ? -1 : 1));
      const [head] = heads;
      if (head === undefined) return;
      yield head.letter;
      const next = await advance(head.source);
      if (next === undefined) heads.shift();
      else heads[0] = next;
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}

async function* backwards(kafka: Kafka, { topic, partition, from, end }: Stretch): AsyncGenerator<StoredLetter> {
  for (let until = end; until > from; ) {
    const start = until - WINDOW > from ? until - WINDOW : from;
    const window: StoredLetter[] = [];
    for await (const message of readStretch(kafka.reader(), { topic, partition, from: start, end: until })) {
      const letter = readLetter(message);
      if (letter !== undefined) window.push(letter);
    }
    yield* window.reverse();
    until = start;
  }
}

function isNewer(left: LetterPlace, right: LetterPlace): boolean {
  if (left.storedMs !== right.storedMs) return left.storedMs > right.storedMs;
  if (left.partition !== right.partition) return left.partition > right.partition;
  return left.offset > right.offset;
}

/** What became of every dead letter that somebody did something about. @throws {KafkaError} what the reader throws. */
export async function allStatuses(kafka: Kafka, prefix: string): Promise<ReadonlyMap<string, LetterStatus>> {
  const topic = deadLetterStatusTopic(prefix);
  const partitions = await kafka.admin().bounds(topic);
  const parts = await Promise.all(
    partitions.map(({ partition, first }) => kafka.reader().readToEnd(topic, partition, first)),
  );
  return foldStatuses(parts.flat());
}

/** What became of one dead letter. @throws {KafkaError} what the reader throws. */
export async function statusOf(kafka: Kafka, prefix: string, letterId: string): Promise<LetterStatus | undefined> {
  const topic = deadLetterStatusTopic(prefix);
  const bounds = await kafka.admin().bounds(topic);
  const partition = partitionOf(new TextEncoder().encode(letterId), bounds.length);
  const first = bounds.find((one) => one.partition === partition)?.first ?? 0n;
  return foldStatuses(await kafka.reader().readToEnd(topic, partition, first)).get(letterId);
}
