import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AclRule, Kafka } from '../../sync/bridge/kafka.ts';
import { type KafkaUnderTest, newTopic, readAll, record, unique, write } from './kafka.contract.ts';

/** What every adapter of the port `KafkaAdmin` keeps. The cluster has an authorizer, and the client may do all. */
export function kafkaAdminContract(open: () => KafkaUnderTest): void {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await open().connect();
  });
  afterAll(() => kafka.close());

  describe('topics', () => {
    test('are there as they were created, grow, and take further configuration', async () => {
      const topic = await newTopic(kafka, 2, { 'retention.ms': '86400000' });
      const admin = kafka.admin();
      const [made] = await admin.topics([topic]);
      expect(made).toMatchObject({ name: topic, partitions: 2, replicationFactor: 1 });
      expect(made?.config).toEqual({ 'retention.ms': '86400000' });
      await admin.addPartitions(topic, 5);
      await admin.setConfig(topic, { 'cleanup.policy': 'compact' });
      const changed = async () => (await admin.topics([topic]))[0];
      await expect.poll(async () => (await changed())?.partitions).toBe(5);
      expect((await changed())?.config).toEqual({ 'retention.ms': '86400000', 'cleanup.policy': 'compact' });
      expect((await admin.topics()).map(({ name }) => name)).toContain(topic);
    });

    test('that are not there are left out; what is refused says why', async () => {
      const topic = await newTopic(kafka);
      const admin = kafka.admin();
      expect(await admin.topics([unique('absent')])).toEqual([]);
      const again = { name: topic, partitions: 1, replicationFactor: 1, config: {} };
      await expect(admin.createTopics([again])).rejects.toMatchObject({ code: 'already-exists' });
      const wrong = { ...again, name: unique('wrong'), config: { 'no.such.thing': '1' } };
      await expect(admin.createTopics([wrong])).rejects.toThrow(/no\.such\.thing/);
      await expect(admin.addPartitions(topic, 1)).rejects.toMatchObject({ code: 'refused' });
    });

    test('have another id when they are deleted and made again, and a reader of the old one stops', async () => {
      const topic = await newTopic(kafka);
      const admin = kafka.admin();
      await write(kafka, [record(topic, 'old')]);
      const [before] = await admin.topics([topic]);
      const stopped = expect(readAll(kafka, topic, 1n)).rejects.toMatchObject({ code: 'topic-changed' });
      await admin.deleteTopics([topic]);
      await expect.poll(() => admin.topics([topic])).toEqual([]);
      await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1, config: {} }]);
      const [after] = await admin.topics([topic]);
      expect(after?.id).not.toBe(before?.id);
      await stopped;
    });
  });

  test('access rules are listed as they were created', async () => {
    const rules: AclRule[] = [
      { principal: 'User:edge', resource: 'topic', name: unique('dealeriq.'), pattern: 'prefixed', operation: 'write' },
      {
        principal: 'User:edge',
        resource: 'transactional-id',
        name: unique('t'),
        pattern: 'literal',
        operation: 'describe',
      },
      {
        principal: 'User:edge',
        resource: 'cluster',
        name: 'kafka-cluster',
        pattern: 'literal',
        operation: 'idempotent-write',
      },
      { principal: 'User:edge', resource: 'group', name: unique('g'), pattern: 'literal', operation: 'read' },
    ];
    await kafka.admin().createAcls(rules);
    await expect.poll(() => kafka.admin().acls()).toEqual(expect.arrayContaining(rules));
    // Creating them again changes nothing.
    const { length } = await kafka.admin().acls();
    await kafka.admin().createAcls(rules);
    expect(await kafka.admin().acls()).toHaveLength(length);
  });

  test('offsets are found by time; where nothing is as late, it is the end', async () => {
    const topic = await newTopic(kafka, 2);
    const at = (timestampMs: number) => record(topic, String(timestampMs), { timestampMs });
    await write(kafka, [at(1_000)]);
    await write(kafka, [at(2_000)]);
    await write(kafka, [at(3_000)]);
    const admin = kafka.admin();
    const first = async (timeMs: number) => (await admin.offsetsAt(topic, timeMs)).map(({ offset }) => offset);
    expect(await first(0)).toEqual([0n, 0n]);
    // The records lie at 0, 2 and 4; behind each is the mark of its commit, which is of now.
    expect(await first(1_500)).toEqual([1n, 0n]);
    expect(await first(9_999_999_999_999)).toEqual([6n, 0n]);
    expect(await admin.bounds(topic)).toEqual([
      { partition: 0, first: 0n, end: 6n },
      { partition: 1, first: 0n, end: 0n },
    ]);
  });

  test('brokers that are not there are reported as such', async () => {
    const nobody = open().connect({ brokers: ['127.0.0.1:1'] });
    await expect(nobody).rejects.toMatchObject({ code: 'unavailable' });
  });
}
