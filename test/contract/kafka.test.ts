import { afterAll, beforeAll, describe } from 'vitest';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { type KafkaCluster, kafkaClusterOrSkip, startKafkaCluster } from '../support/kafka-cluster.ts';
import { type KafkaUnderTest, kafkaContract } from './kafka.contract.ts';
import { kafkaAdminContract } from './kafka-admin.contract.ts';
import { kafkaFaultsContract } from './kafka-faults.contract.ts';

const binary = await kafkaClusterOrSkip();

describe.skipIf(binary === undefined)('a real broker', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    if (binary !== undefined) cluster = await startKafkaCluster(binary);
  }, 60_000);
  afterAll(() => cluster.dispose());

  const open = (): KafkaUnderTest => {
    const settings = { brokers: [cluster.broker], clientId: 'contract' };
    return {
      settings,
      connect: (changes = {}) => connectKafka({ ...settings, ...changes }),
      killBroker: () => cluster.kill(),
      startBroker: () => cluster.start(),
    };
  };
  kafkaContract(open);
  kafkaAdminContract(open);
  kafkaFaultsContract(open);
});
