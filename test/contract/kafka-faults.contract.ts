import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kafka, KafkaError, type TransactionalProducer } from '../../sync/bridge/kafka.ts';
import { startKafkaProcess } from '../support/kafka-process.ts';
import { committed, holds, type KafkaUnderTest, newTopic, record, unique, values } from './kafka.contract.ts';

/** What every adapter of the port `Kafka` keeps when processes die, stop and come back. */
export function kafkaFaultsContract(open: () => KafkaUnderTest): void {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await open().connect();
  });
  afterAll(() => kafka.close());
  const textRecord = (topic: string, value: string) => ({ topic, partition: 0, key: 'k', value, headers: {} });

  describe('a producer process', () => {
    test('killed in a transaction is replaced at once; what it had sent is never read', async () => {
      const topic = await newTopic(kafka);
      const id = unique('killed');
      const child = startKafkaProcess();
      await child.tell({ do: 'open', settings: open().settings, id });
      await child.tell({ do: 'begin' });
      await child.tell({ do: 'send', records: [textRecord(topic, 'of the dead')] });
      await child.kill();
      const startedMs = Date.now();
      const heir = await kafka.producer(id);
      await heir.begin();
      await heir.send([record(topic, 'of the heir')]);
      await heir.commit();
      expect(Date.now() - startedMs).toBeLessThan(5_000);
      await holds(['of the heir'], kafka, topic);
      await heir.close();
    });

    test('stopped in a transaction cannot commit when it goes on after a takeover', async () => {
      const topic = await newTopic(kafka);
      const id = unique('zombie');
      const child = startKafkaProcess();
      await child.tell({ do: 'open', settings: open().settings, id });
      await child.tell({ do: 'begin' });
      await child.tell({ do: 'send', records: [textRecord(topic, 'of the zombie')] });
      child.pause();
      const heir = await kafka.producer(id);
      await heir.begin();
      await heir.send([record(topic, 'of the heir')]);
      child.resume();
      // While the heir's own transaction is open: the zombie's commit must not end that one either.
      await expect(child.tell({ do: 'commit' })).rejects.toMatchObject({ code: 'fenced' });
      await holds([], kafka, topic);
      await heir.commit();
      await child.kill();
      await holds(['of the heir'], kafka, topic);
      await heir.close();
    });

    test('that goes on sending after a takeover is refused', async () => {
      const topic = await newTopic(kafka);
      const id = unique('zombie');
      const child = startKafkaProcess();
      await child.tell({ do: 'open', settings: open().settings, id });
      await child.tell({ do: 'begin' });
      await child.tell({ do: 'send', records: [textRecord(topic, 'one')] });
      const heir = await kafka.producer(id);
      const late = child.tell({ do: 'send', records: [textRecord(topic, 'two')] });
      await expect(late).rejects.toMatchObject({ code: 'fenced' });
      await child.kill();
      await heir.begin();
      await heir.send([record(topic, 'of the heir')]);
      await heir.commit();
      await holds(['of the heir'], kafka, topic);
      await heir.close();
    });
  });

  describe('a broker that is killed', () => {
    test.each(['before the commit', 'while the commit is on its way'])(
      '%s: what is reported is so',
      async (when) => {
        const topic = await newTopic(kafka);
        const id = unique('broker');
        let producer = await kafka.producer(id);
        await producer.begin();
        await producer.send([record(topic, 'one')]);
        await producer.commit();
        await producer.begin();
        await producer.send([record(topic, 'two')]);
        if (when === 'before the commit') await open().killBroker();
        const reported = outcome(() => producer.commit());
        if (when !== 'before the commit') await open().killBroker();
        await open().startBroker();
        const error = await reported;
        if (error instanceof KafkaError && error.code === 'must-reopen') {
          await producer.close();
          producer = await kafka.producer(id);
        } else if (error !== undefined) {
          await producer.abort();
        }
        // Reopened, its end is known.
        const reopened = error instanceof KafkaError && error.code === 'must-reopen';
        const isThere = reopened ? (await committed(kafka, topic)).includes('two') : error === undefined;
        await goesOn(producer, topic);
        await holds([...(isThere ? ['one', 'two'] : ['one']), 'after'], kafka, topic);
        await producer.close();
      },
      90_000,
    );

    test('while records are being sent: each transaction is there whole, once and in order, or not at all', async () => {
      const topics = [await newTopic(kafka, 2), await newTopic(kafka, 2)];
      const id = unique('load');
      let producer = await kafka.producer(id);
      const done: string[] = [];
      const unsure = new Set<string>();
      let killed: Promise<void> | undefined;
      for (let number = 0; number < 60; number += 1) {
        const name = String(number);
        const error = await outcome(async () => {
          await producer.begin();
          const records = topics.flatMap((topic) => [0, 1].map((partition) => record(topic, name, { partition })));
          const sent = producer.send(records);
          if (number === 30)
            killed = open()
              .killBroker()
              .then(() => open().startBroker());
          await sent;
          await producer.commit();
        });
        if (error === undefined) done.push(name);
        else if (error instanceof KafkaError && error.code === 'must-reopen') {
          unsure.add(name);
          await producer.close();
          producer = await kafka.producer(id);
        } else await producer.abort();
      }
      await killed;
      await producer.close();
      await (await kafka.producer(id)).close();
      expect(done.length).toBeGreaterThanOrEqual(58);
      for (const topic of topics) {
        for (const partition of [0, 1]) {
          const there = await committed(kafka, topic, partition);
          expect(there.filter((name) => !unsure.has(name ?? ''))).toEqual(done);
          expect(new Set(there).size).toBe(there.length);
        }
      }
    }, 90_000);

    test('a reader goes on where it was', async () => {
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('reader'));
      const stop = new AbortController();
      const seen: (string | undefined)[] = [];
      await goesOn(producer, topic, 'a');
      for await (const group of kafka.reader().read([{ topic, partition: 0, offset: 0n }], stop.signal)) {
        seen.push(...values(group));
        if (seen.length === 1) {
          await open().killBroker();
          await open().startBroker();
          await goesOn(producer, topic, 'b');
        } else stop.abort();
      }
      expect(seen).toEqual(['a', 'b']);
      await producer.close();
    }, 90_000);
  });

  describe('a group', () => {
    test('shares partitions out, and anew when a member leaves or dies', async () => {
      const topic = await newTopic(kafka, 6);
      const group = unique('group');
      const owned = new Map<string, readonly number[]>();
      const all = () => [...owned.values()].flat().sort();
      const sizes = () => [...owned.values()].map((partitions) => partitions.length).sort();
      const join = (name: string) => {
        const leave = new AbortController();
        const member = kafka.membership(group, topic, { sessionTimeoutMs: 6_000 });
        const left = member.run(async (partitions) => void owned.set(name, partitions), leave.signal);
        return async () => {
          leave.abort();
          await left;
        };
      };
      const leaveA = join('a');
      await expect.poll(sizes).toEqual([6]);
      const leaveB = join('b');
      await expect.poll(sizes, { timeout: 10_000 }).toEqual([3, 3]);
      expect(all()).toEqual([0, 1, 2, 3, 4, 5]);
      const child = startKafkaProcess();
      await child.tell({ do: 'join', settings: open().settings, group, topic });
      await expect.poll(sizes, { timeout: 10_000 }).toEqual([2, 2]);
      const stayed = owned.get('b') ?? [];
      await child.kill();
      await expect.poll(sizes, { timeout: 15_000 }).toEqual([3, 3]);
      expect(owned.get('b')).toEqual(expect.arrayContaining([...stayed]));
      await leaveA();
      expect(owned.get('a')).toEqual([]);
      // Well within the session time-out: it said good-bye.
      await expect.poll(() => owned.get('b'), { timeout: 3_000 }).toEqual([0, 1, 2, 3, 4, 5]);
      await leaveB();
    }, 60_000);

    test('is not given a partition before its old owner has let go of it', async () => {
      const topic = await newTopic(kafka, 2);
      const group = unique('group');
      const held = new Set<number>();
      const clashes: number[] = [];
      const stop = new AbortController();
      const join = (finish: Promise<void>) => {
        let mine: readonly number[] = [];
        return kafka.membership(group, topic, { sessionTimeoutMs: 6_000 }).run(async (partitions) => {
          if (partitions.length < mine.length) await finish;
          for (const one of mine) if (!partitions.includes(one)) held.delete(one);
          for (const one of partitions) if (!mine.includes(one) && held.has(one)) clashes.push(one);
          for (const one of partitions) held.add(one);
          mine = partitions;
          given.push(partitions.length);
        }, stop.signal);
      };
      const given: number[] = [];
      const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
      const first = join(slow);
      await expect.poll(() => given).toEqual([2]);
      const second = join(Promise.resolve());
      // Longer than the session: the group must not take a member that is busy for dead.
      setTimeout(finish, 7_000);
      await expect.poll(() => given, { timeout: 20_000 }).toEqual([2, 1, 1]);
      expect(clashes).toEqual([]);
      stop.abort();
      await Promise.all([first, second]);
    }, 60_000);
  });
}

async function goesOn(producer: TransactionalProducer, topic: string, value = 'after'): Promise<void> {
  await producer.begin();
  await producer.send([record(topic, value)]);
  await producer.commit();
}

async function outcome(step: () => Promise<void>): Promise<unknown> {
  try {
    await step();
    return undefined;
  } catch (error) {
    return error;
  }
}
