import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSettings } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { loopbackCertificate, type TokenIssuer, tokenIssuer } from '../support/kafka-credentials.ts';
import { type KafkaServer, kafkaOrSkip, startKafka } from '../support/kafka-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { holds, newTopic, record, unique } from './kafka.contract.ts';

const binary = await kafkaOrSkip();
/** Short, so that connections are replaced during the test (KIP-368). */
const SESSION_MS = 2_000;

describe.skipIf(binary === undefined)('a broker that asks for TLS and SASL', () => {
  const { path: folder, remove } = temporaryFolder();
  const tls = loopbackCertificate(folder);
  const issuer: TokenIssuer = tokenIssuer(folder);
  let broker: KafkaServer;
  beforeAll(async () => {
    broker = await startKafka({
      secure: { ...tls, superUsers: ['User:bridge', 'User:bridge@clients'], oauth: issuer },
      users: [
        { name: 'bridge', password: 'penciland' },
        { name: 'nobody', password: 'pencil' },
      ],
      extra: { 'connections.max.reauth.ms': SESSION_MS },
    });
  }, 60_000);
  afterAll(async () => {
    await broker.dispose();
    remove();
  });

  const settings = (sasl: KafkaSettings['sasl'], ca = tls.certificate): KafkaSettings => ({
    brokers: [broker.secureBroker],
    clientId: 'secure',
    tls: { ca },
    ...(sasl === undefined ? {} : { sasl }),
  });
  const scram = (username: string, password: string) => ({ mechanism: 'SCRAM-SHA-512', username, password }) as const;

  test.each(['SCRAM-SHA-512', 'OAUTHBEARER'] as const)(
    'takes transactions under %s, past the end of a session',
    async (mechanism) => {
      const tokens: string[] = [];
      const token = async () => {
        tokens.push(issuer.token('bridge@clients', 3));
        return tokens.at(-1) ?? '';
      };
      const kafka = await connectKafka(
        settings(mechanism === 'OAUTHBEARER' ? { mechanism, token } : scram('bridge', 'penciland')),
      );
      const topic = await newTopic(kafka);
      const producer = await kafka.producer(unique('secure'));
      const values: string[] = [];
      const endMs = Date.now() + 3 * SESSION_MS;
      while (Date.now() < endMs) {
        values.push(String(values.length));
        await producer.begin();
        await producer.send([record(topic, values.at(-1) ?? '')]);
        await producer.commit();
      }
      await holds(values, kafka, topic);
      // A token is asked for anew for each connection.
      if (mechanism === 'OAUTHBEARER') expect(new Set(tokens).size).toBeGreaterThan(3);
      await kafka.close();
    },
  );

  test('refuses a wrong password, a wrong authority and a client without TLS, and says so', async () => {
    const wrong = connectKafka(settings(scram('bridge', 'wrong')));
    await expect(wrong).rejects.toMatchObject({ code: 'unauthorized' });
    const stranger = loopbackCertificate(temporaryFolder().path).certificate;
    const mistrusted = connectKafka(settings(scram('bridge', 'penciland'), stranger));
    await expect(mistrusted).rejects.toThrow(/certificate/);
    const { tls: _, ...plain } = settings(scram('bridge', 'penciland'));
    await expect(connectKafka(plain)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('refuses what a principal has no right to, by name', async () => {
    const owner = await connectKafka({ brokers: [broker.broker], clientId: 'owner' });
    const topic = await newTopic(owner);
    const nobody = await connectKafka(settings(scram('nobody', 'pencil')));
    const id = unique('nobody');
    await expect(nobody.producer(id)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(nobody.reader().readToEnd(topic, 0, 0n)).rejects.toMatchObject({ code: 'unauthorized' });
    const rule = { principal: 'User:nobody', pattern: 'literal' } as const;
    await owner.admin().createAcls([
      { ...rule, resource: 'transactional-id', name: id, operation: 'write' },
      { ...rule, resource: 'topic', name: topic, operation: 'describe' },
    ]);
    await expect.poll(() => nobody.producer(id).then((producer) => producer.close())).toBeUndefined();
    const producer = await nobody.producer(id);
    await producer.begin();
    await expect(producer.send([record(topic, 'x')])).rejects.toMatchObject({ code: 'unauthorized' });
    await producer.abort();
    await Promise.all([nobody.close(), owner.close()]);
  });
});
