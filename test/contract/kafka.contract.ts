import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Fenced,
  type Kafka,
  type KafkaError,
  type KafkaMessage,
  type KafkaRecord,
  type KafkaSettings,
} from '../../sync/bridge/kafka.ts';

/** A cluster to test against. */
export interface KafkaUnderTest {
  readonly settings: KafkaSettings;
  connect(changes?: Partial<KafkaSettings>): Promise<Kafka>;
  killBroker(): Promise<void>;
  startBroker(): Promise<void>;
}

export const unique = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;

export const record = (topic: string, value: string, changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic,
  partition: 0,
  key: 'D042',
  value: Buffer.from(value),
  headers: {},
  ...changes,
});

export const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

export const values = (messages: readonly KafkaMessage[]): (string | undefined)[] =>
  messages.map(({ value }) => textOf(value));

export async function newTopic(kafka: Kafka, partitions = 1, config: Record<string, string> = {}): Promise<string> {
  const name = unique('topic');
  await kafka.admin().createTopics([{ name, partitions, replicationFactor: 1, config }]);
  return name;
}

/** What a reader of committed records finds in a partition now. */
export const committed = async (
  kafka: Kafka,
  topic: string,
  partition = 0,
  from = 0n,
): Promise<(string | undefined)[]> => values(await kafka.reader().readToEnd(topic, partition, from));

/** Brokers mark records as committed shortly after they have answered the commit. */
export const holds = async (
  expected: readonly (string | undefined)[],
  ...place: Parameters<typeof committed>
): Promise<void> => expect.poll(() => committed(...place), { interval: 20, timeout: 10_000 }).toEqual(expected);

/** All that a reader finds; for readings that end with an error. */
export async function readAll(kafka: Kafka, topic: string, offset: bigint): Promise<void> {
  for await (const _ of kafka.reader().read([{ topic, partition: 0, offset }], new AbortController().signal));
}

/** Writes one transaction; resolves once it can be read. */
export async function write(kafka: Kafka, records: readonly KafkaRecord[]): Promise<void> {
  const id = unique('writer');
  const producer = await kafka.producer(id);
  await producer.begin();
  await producer.send(records);
  await producer.commit();
  await producer.close();
  // Opening the id again waits for the end of its last transaction.
  await (await kafka.producer(id)).close();
}

/** What every adapter of the port `Kafka` keeps: records, transactions and reading. */
export function kafkaContract(open: () => KafkaUnderTest): void {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await open().connect();
  });
  afterAll(() => kafka.close());

  describe('records', () => {
    test.each(['none', 'lz4', 'zstd'] as const)('come back byte for byte and in order (%s)', async (compression) => {
      const own = await open().connect({ compression });
      const topic = await newTopic(own);
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const sent = [
        record(topic, '', { value: bytes, headers: { 'ce_id': 'a', 'größe': 'ü €\u{1f69a}', 'empty': '' } }),
        record(topic, '', { key: '', value: new Uint8Array() }),
        record(topic, '', { key: 'schlüssel', value: null }),
        record(topic, '', { value: Buffer.alloc(400_000, 'ä'), timestampMs: 1_700_000_000_000 }),
        ...Array.from({ length: 3_000 }, (_, index) => record(topic, `v${index}`, { timestampMs: 1_750_000_000_000 })),
      ];
      await write(own, sent);
      const read = await own.reader().readToEnd(topic, 0, 0n);
      expect(read.length).toBe(sent.length);
      expect(read.map(({ key, value, headers }) => [textOf(key), hex(value), headers.map(asText)])).toEqual(
        sent.map(({ key, value, headers }) => [key, hex(value ?? undefined), Object.entries(headers)]),
      );
      expect(read.map(({ offset }) => offset)).toEqual(sent.map((_, index) => BigInt(index)));
      expect(read[3]?.timestampMs).toBe(1_700_000_000_000);
      await own.close();
    });

    test('keep the order of the calls where sends overlap', async () => {
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('order'));
      await producer.begin();
      const names = Array.from({ length: 200 }, (_, index) => String(index));
      await Promise.all(names.map((name) => producer.send([record(topic, name)])));
      await producer.commit();
      await producer.close();
      await holds(names, kafka, topic);
    });

    test('go to the partition of their key', async () => {
      const topic = await newTopic(kafka, 7);
      const { partition: _, ...keyed } = record(topic, 'x');
      // From org.apache.kafka.common.utils.UtilsTest.testMurmur2, without the sign bit, modulo 7.
      const hashes = {
        '21': -973932308,
        'foobar': -790332482,
        'a-little-bit-long-string': -985981536,
        'a-little-bit-longer-string': -1486304829,
        'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8': -58897971,
        'abc': 479470107,
      };
      await write(
        kafka,
        Object.keys(hashes).map((key) => ({ ...keyed, key })),
      );
      for (const [key, hash] of Object.entries(hashes)) {
        const there = await kafka.reader().readToEnd(topic, (hash & 0x7fffffff) % 7, 0n);
        expect(there.map((message) => textOf(message.key))).toContain(key);
      }
    });

    test('that are too large are refused by name, and the producer goes on after an abort', async () => {
      const topic = await newTopic(kafka, 1, { 'max.message.bytes': '2000' });
      const producer = await kafka.producer(unique('large'));
      await producer.begin();
      await producer.send([record(topic, 'before')]);
      const large = producer.send([record(topic, 'x'.repeat(5_000))]);
      await expect(large).rejects.toMatchObject({ code: 'too-large' });
      await expect(producer.commit()).rejects.toMatchObject({ code: 'transaction-failed' });
      await producer.abort();
      await producer.begin();
      await producer.send([record(topic, 'after')]);
      await producer.commit();
      await producer.close();
      await holds(['after'], kafka, topic);
    });

    test('for a topic that does not exist are refused by name', async () => {
      const producer = await kafka.producer(unique('nowhere'));
      await producer.begin();
      await expect(producer.send([record(unique('absent'), 'x')])).rejects.toMatchObject({ code: 'unknown-topic' });
      await producer.abort();
      await producer.close();
    });
  });

  describe('transactions', () => {
    test('aborted records are never read, at the end of a partition or before others', async () => {
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('abort'));
      const [first, second] = [[record(topic, 'committed')], [record(topic, 'aborted')]];
      await producer.begin();
      await producer.send(first);
      await producer.commit();
      await producer.begin();
      await producer.send(second);
      await producer.abort();
      await holds(['committed'], kafka, topic);
      await producer.begin();
      await producer.send(first);
      await producer.commit();
      await producer.close();
      await holds(['committed', 'committed'], kafka, topic);
      // From inside the aborted stretch too.
      await holds(['committed'], kafka, topic, 0, 2n);
    });

    test('an open transaction is not read, nor what follows it, and nobody waits for it', async () => {
      const topic = await newTopic(kafka);
      await write(kafka, [record(topic, 'before')]);
      const producer = await kafka.producer(unique('open'));
      await producer.begin();
      await producer.send([record(topic, 'open')]);
      await write(kafka, [record(topic, 'behind')]);
      await holds(['before'], kafka, topic);
      await producer.commit();
      await producer.close();
      await holds(['before', 'open', 'behind'], kafka, topic);
    });

    test('are not committed while records are being sent', async () => {
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('early'));
      await producer.begin();
      const sent = producer.send([record(topic, 'x')]);
      await expect(producer.commit()).rejects.toMatchObject({ code: 'misuse' });
      await sent;
      await producer.commit();
      await producer.close();
      await holds(['x'], kafka, topic);
    });

    test('hold records of many topics and partitions together, and may be empty', async () => {
      const topics = [await newTopic(kafka, 3), await newTopic(kafka, 3)];
      const producer = await kafka.producer(unique('many'));
      const everywhere = topics.flatMap((topic) => [0, 1, 2].map((partition) => record(topic, 'x', { partition })));
      for (const end of ['commit', 'abort', 'commit'] as const) {
        await producer.begin();
        await producer[end]();
        await producer.begin();
        await producer.send(everywhere);
        await producer[end]();
      }
      await producer.close();
      for (const topic of topics) {
        for (const partition of [0, 1, 2]) await holds(['x', 'x'], kafka, topic, partition);
      }
    });

    test('a second producer with the same id fences the first, whose records never appear', async () => {
      const topic = await newTopic(kafka);
      const id = unique('fenced');
      const first = await kafka.producer(id);
      await first.begin();
      await first.send([record(topic, 'of the first')]);
      const second = await kafka.producer(id);
      await expect(first.commit()).rejects.toThrow(Fenced);
      await expect(first.begin()).rejects.toThrow(Fenced);
      await second.begin();
      await second.send([record(topic, 'of the second')]);
      await second.commit();
      await holds(['of the second'], kafka, topic);
      await first.close();
      await second.close();
    });

    test('a first send or an abort tells a fenced producer so as well', async () => {
      const topic = await newTopic(kafka);
      const id = unique('fenced');
      const [first, second] = [await kafka.producer(id), await kafka.producer(id)];
      await first.begin();
      await expect(first.send([record(topic, 'late')])).rejects.toThrow(Fenced);
      await second.begin();
      await second.send([record(topic, 'x')]);
      const third = await kafka.producer(id);
      await expect(second.abort()).rejects.toThrow(Fenced);
      await Promise.all([first.close(), second.close(), third.close()]);
    });

    test('one that outlasts its time-out is given up by the broker and cannot be committed', async () => {
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('slow'), { transactionTimeoutMs: 1_000 });
      await producer.begin();
      await producer.send([record(topic, 'given up')]);
      await expect.poll(() => bounds(topic), { timeout: 15_000 }).toBe(2n);
      const error = await producer.commit().catch((caught: KafkaError) => caught);
      expect(['fenced', 'transaction-failed']).toContain((error as KafkaError).code);
      await producer.close();
      await holds([], kafka, topic);
    });
    const bounds = async (topic: string) => (await kafka.admin().bounds(topic))[0]?.end;
  });

  describe('reading', () => {
    test('begins at a position, goes on with what comes, and ends with its signal', async () => {
      const topic = await newTopic(kafka, 2);
      await write(
        kafka,
        ['a', 'b', 'c'].flatMap((value) => [0, 1].map((partition) => record(topic, value, { partition }))),
      );
      const stop = new AbortController();
      const seen: string[] = [];
      const positions = [
        { topic, partition: 0, offset: 1n },
        { topic, partition: 1, offset: 2n },
      ];
      for await (const group of kafka.reader().read(positions, stop.signal)) {
        seen.push(...group.map(({ partition, value }) => `${partition}:${textOf(value)}`));
        if (seen.length === 3) await write(kafka, [record(topic, 'new')]);
        if (seen.length === 4) stop.abort();
      }
      expect(seen.slice(0, 3).sort()).toEqual(['0:b', '0:c', '1:c']);
      expect(seen.at(-1)).toBe('0:new');
    });

    test('delivers an open transaction only once it is committed, and an aborted one never', async () => {
      const topic = await newTopic(kafka);
      const [aborted, producer] = [await kafka.producer(unique('live')), await kafka.producer(unique('live'))];
      await aborted.begin();
      await aborted.send([record(topic, 'aborted')]);
      await producer.begin();
      await producer.send([record(topic, 'committed')]);
      let ended = false;
      // Longer than a broker holds an empty answer back.
      const ending = delay(1_200).then(async () => {
        ended = true;
        await aborted.abort();
        await producer.commit();
      });
      const stop = new AbortController();
      for await (const group of kafka.reader().read([{ topic, partition: 0, offset: 0n }], stop.signal)) {
        expect(ended).toBe(true);
        expect(values(group)).toEqual(['committed']);
        stop.abort();
      }
      await ending;
      await Promise.all([aborted.close(), producer.close()]);
    });

    test('ends at once where the consumer of the messages stops', async () => {
      const topic = await newTopic(kafka);
      await write(kafka, [record(topic, 'x')]);
      for await (const group of kafka
        .reader()
        .read([{ topic, partition: 0, offset: 0n }], new AbortController().signal)) {
        expect(values(group)).toEqual(['x']);
        break;
      }
    });

    test('outside of what a partition holds is an error by name', async () => {
      const topic = await newTopic(kafka);
      await write(kafka, [record(topic, 'x')]);
      await expect(kafka.reader().readToEnd(topic, 0, 99n)).rejects.toMatchObject({ code: 'offset-out-of-range' });
      await expect(readAll(kafka, topic, 99n)).rejects.toMatchObject({ code: 'offset-out-of-range' });
    });

    test('an empty partition ends at its beginning', async () => {
      await holds([], kafka, await newTopic(kafka));
    });
  });
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
const asText = ({ name, value }: { name: string; value: Uint8Array }) => [name, textOf(value)];
