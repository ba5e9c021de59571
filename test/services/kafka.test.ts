import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaAnswers } from '../../scripts/services/kafka-process.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { type KafkaServer, kafkaOrSkip, startKafka } from '../support/kafka-server.ts';

const binary = await kafkaOrSkip();

describe.skipIf(binary === undefined)('a Kafka of its own', () => {
  let server: KafkaServer;
  beforeAll(async () => {
    server = await startKafka();
  });
  afterAll(() => server?.dispose());

  it('answers on its port when it has started, and not when it is down', async () => {
    expect(await kafkaAnswers(server.port)).toBe(true);
    await server.stop();
    expect(await kafkaAnswers(server.port)).toBe(false);
    await server.start();
    expect(await kafkaAnswers(server.port)).toBe(true);
  });

  it('can be used at once after kill -9, with what it had, on the same port', async () => {
    const before = await connectKafka({ brokers: [server.broker], clientId: 'before' });
    await before.admin().createTopics([{ name: 'kept', partitions: 1, replicationFactor: 1, config: {} }]);
    const producer = await before.producer('keeper');
    await producer.begin();
    const value = new TextEncoder().encode('an order');
    await producer.send([{ topic: 'kept', partition: 0, key: 'D042', value, headers: {} }]);
    await producer.commit();
    await before.close();
    const { pid } = server;
    await server.restart();
    expect(server.pid).not.toBe(pid);
    const after = await connectKafka({ brokers: [server.broker], clientId: 'after' });
    const [message] = await after.reader().readToEnd('kept', 0, 0n);
    await after.close();
    expect(new TextDecoder().decode(message?.value)).toBe('an order');
  });

  it('is refused a port that something else has, instead of taking that for itself', async () => {
    await expect(startKafka({ port: server.port })).rejects.toThrow(`port ${server.port} is taken`);
  });

  it('says with the end of its log why it does not start', async () => {
    await expect(startKafka({ extra: { 'num.io.threads': 'many' } })).rejects.toThrow(/many.*num\.io\.threads/s);
  });
});
