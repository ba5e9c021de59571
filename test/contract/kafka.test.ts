import { afterAll, beforeAll, describe } from 'vitest';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { type KafkaServer, kafkaOrSkip, startKafka } from '../support/kafka-server.ts';
import { type KafkaUnderTest, kafkaContract } from './kafka.contract.ts';
import { kafkaAdminContract } from './kafka-admin.contract.ts';
import { kafkaFaultsContract } from './kafka-faults.contract.ts';

const binary = await kafkaOrSkip();

describe.skipIf(binary === undefined)('a real broker', () => {
  let broker: KafkaServer;
  beforeAll(async () => {
    broker = await startKafka();
  }, 60_000);
  afterAll(() => broker.dispose());

  const open = (): KafkaUnderTest => {
    const settings = { brokers: [broker.broker], clientId: 'contract' };
    return {
      settings,
      connect: (changes = {}) => connectKafka({ ...settings, ...changes }),
      killBroker: () => broker.kill(),
      startBroker: () => broker.start(),
    };
  };
  kafkaContract(open);
  kafkaAdminContract(open);
  kafkaFaultsContract(open);
});
