import type { Kafka, KafkaSettings } from '../kafka.ts';
import { Admin } from './admin.ts';
import { Cluster } from './cluster.ts';
import { Membership } from './membership.ts';
import { Reader } from './reader.ts';
import { openProducer } from './transactional-producer.ts';

const TRANSACTION_TIMEOUT_MS = 60_000;
const SESSION_TIMEOUT_MS = 8_000;
const REBALANCE_TIMEOUT_MS = 15_000;

/**
 * Connects to a Kafka cluster, 3.1 or later.
 * @throws {KafkaError} `unavailable` or `unauthorized` when no broker can be reached with these settings.
 */
export async function connectKafka(settings: KafkaSettings): Promise<Kafka> {
  const open = new Set<Cluster>();
  const connect = (changes: Partial<KafkaSettings> = {}): Cluster => {
    const cluster = new Cluster({ ...settings, ...changes }, (closed) => open.delete(closed));
    open.add(cluster);
    return cluster;
  };
  const cluster = connect();
  try {
    await cluster.metadata([]);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return {
    producer: async (transactionalId, { transactionTimeoutMs = TRANSACTION_TIMEOUT_MS } = {}) => {
      const own = connect();
      try {
        return await openProducer(own, transactionalId, transactionTimeoutMs);
      } catch (error) {
        await own.close();
        throw error;
      }
    },
    reader: () => new Reader(connect),
    membership: (
      groupId,
      topic,
      { sessionTimeoutMs = SESSION_TIMEOUT_MS, rebalanceTimeoutMs = REBALANCE_TIMEOUT_MS } = {},
    ) => new Membership(connect, { groupId, topic, sessionTimeoutMs, rebalanceTimeoutMs }),
    admin: () => new Admin(cluster),
    close: async () => {
      await Promise.all([...open].map((one) => one.close()));
    },
  };
}
