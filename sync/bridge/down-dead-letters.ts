import { checkpointTopic } from './checkpoint.ts';
import { type DeadLetterOptions, deadLetterRecords } from './dead-letter-record.ts';
import type { DownDeadLetter } from './down-plan.ts';
import { faultPoint } from './fault-points.ts';
import type { Kafka, KafkaRecord, TransactionalProducer } from './kafka.ts';

/** A partition that comes down. */
export interface DownPlace {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

/** Puts what cannot go down into the dead letters, each exactly once. */
export interface DownDeadLetters {
  /**
   * Writes the letters of a partition that are not there yet. One transaction holds them and how far they are written.
   * @returns how many were new.
   * @throws {Fenced} when another producer has the same transactional id; the next call opens it again.
   * @throws {KafkaError} as the producer does; what was written then is known when it is called again.
   */
  write(place: DownPlace, letters: readonly DownDeadLetter[]): Promise<number>;
  close(): Promise<void>;
}

export interface DownDeadLettersOptions extends DeadLetterOptions {
  readonly kafka: Kafka;
  /** The same whoever runs these partitions, so that a new owner fences the old one. */
  readonly transactionalId: string;
  /** The partition of `<prefix>.bridge.checkpoint` that these partitions' progress is kept in. */
  readonly checkpointPartition: number;
}

interface Opened {
  readonly producer: TransactionalProducer;
  /** By key: the next offset whose letter is not written, and the topic that it is an offset of. */
  readonly noted: Map<string, Noted>;
}

interface Noted {
  readonly topicId: string;
  readonly offset: string;
}

const KEY_PREFIX = 'down/';

/** Opens nothing before the first letter. Calls may overlap: a producer has one transaction at a time. */
export function createDownDeadLetters(options: DownDeadLettersOptions): DownDeadLetters {
  const { kafka, prefix, transactionalId, checkpointPartition } = options;
  const topic = checkpointTopic(prefix);
  let opened: Opened | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const open = async (): Promise<Opened> => {
    const producer = await kafka.producer(transactionalId);
    faultPoint('down-after-init');
    try {
      // Read after opening: whoever had the id before adds nothing more.
      const messages = await kafka.reader().readToEnd(topic, checkpointPartition, 0n);
      faultPoint('down-after-noted');
      return { producer, noted: fold(messages) };
    } catch (error) {
      await producer.close();
      throw error;
    }
  };
  const drop = async () => {
    const { producer } = opened ?? {};
    opened = undefined;
    await producer?.close().catch(() => undefined);
  };
  return {
    write: (place, letters) =>
      inTurn(async () => {
        opened ??= await open();
        const { producer, noted } = opened;
        const key = `${KEY_PREFIX}${place.topic}/${place.partition}`;
        const before = noted.get(key);
        const from = before?.topicId === place.topicId ? BigInt(before.offset) : 0n;
        const fresh = letters.filter(({ offset }) => offset >= from);
        const last = fresh.at(-1);
        if (last === undefined) return 0;
        const next: Noted = { topicId: place.topicId, offset: String(last.offset + 1n) };
        const records: KafkaRecord[] = [
          ...fresh.flatMap(({ letter }) => deadLetterRecords(letter, options)),
          {
            topic,
            partition: checkpointPartition,
            key,
            value: new TextEncoder().encode(JSON.stringify(next)),
            headers: { 'content-type': 'application/json' },
          },
        ];
        try {
          await producer.begin();
          faultPoint('down-after-begin');
          await producer.send(records);
          faultPoint('down-after-send');
          await producer.commit();
          faultPoint('down-after-commit');
        } catch (error) {
          // Opening it anew aborts what is open, and tells what was committed.
          await drop();
          throw error;
        }
        noted.set(key, next);
        return fresh.length;
      }),
    close: () => inTurn(drop),
  };
}

function fold(messages: readonly { key: Uint8Array | undefined; value: Uint8Array | undefined }[]): Map<string, Noted> {
  const decoder = new TextDecoder();
  const noted = new Map<string, Noted>();
  for (const { key, value } of messages) {
    const name = decoder.decode(key);
    if (!name.startsWith(KEY_PREFIX)) continue;
    if (value === undefined) noted.delete(name);
    else noted.set(name, JSON.parse(decoder.decode(value)) as Noted);
  }
  return noted;
}
