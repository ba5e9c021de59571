import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { KafkaBinary } from '../../scripts/services/kafka-binary.ts';
import type { EventType } from '../../src/events/catalog.ts';
import { definitionOf } from '../../src/events/catalog.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { recordHeaders } from '../../sync/bridge/cloud-event-records.ts';
import type { Kafka, KafkaMessage, KafkaRecord } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { readAttributes } from '../../sync/jetstream/cloud-event-headers.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { DOWN } from '../../sync/jetstream/streams.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { catalogCodec } from './down-codec.ts';

export const DEALERS = ['D042', 'D043'];

/** A message of the down stream. */
export interface DownMessage {
  readonly subject: string;
  /** Names its record: `<topic>/<partition>/<offset>`. */
  readonly origin: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A real broker, a real hub, and what the tests do with both. */
export interface DownCentre {
  readonly server: NatsServer;
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  readonly nc: NatsConnection;
  /** Makes the bridge's own topics and those of some types under a prefix that no test has had. */
  freshTopics(types: readonly EventType[], partitions?: number): Promise<string>;
  createTopic(name: string, partitions: number): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  /** Writes records in one transaction, which is given up unless it is committed. */
  produce(records: readonly KafkaRecord[], outcome?: 'commit' | 'abort'): Promise<void>;
  /** Everything that is committed in a topic. */
  committed(topic: string): Promise<readonly KafkaMessage[]>;
  /** What the down stream has for dealers, in its order. */
  stored(): Promise<readonly DownMessage[]>;
  /** Deletes the streams and makes them again. */
  wipeStream(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startDownCentre(binary: KafkaBinary): Promise<DownCentre> {
  const [server, cluster] = await Promise.all([startNatsServer(), startKafkaCluster(binary)]);
  const kafka = await connectKafka({ brokers: [cluster.broker], clientId: 'down-test' });
  const nc = await connect({ servers: server.url });
  let prefixes = 0;
  let producers = 0;
  const createTopic = (name: string, partitions: number) =>
    kafka.admin().createTopics([{ name, partitions, replicationFactor: 1, config: {} }]);
  const wipeStream = async () => {
    const jsm = await jetstreamManager(nc);
    for await (const stream of jsm.streams.list()) await jsm.streams.delete(stream.config.name);
    await provision(nc, DEALERS);
  };
  await provision(nc, DEALERS);
  return {
    server,
    cluster,
    kafka,
    nc,
    createTopic,
    wipeStream,
    async freshTopics(types, partitions = 1) {
      prefixes += 1;
      const prefix = `t${prefixes}`;
      await createTopic(`${prefix}.dlq`, 1);
      await createTopic(`${prefix}.bridge.checkpoint`, 4);
      await createTopic(kafkaTopic('data.contract.violation', prefix), 1);
      for (const type of types) await createTopic(kafkaTopic(type, prefix), partitions);
      return prefix;
    },
    deleteTopic: (name) => kafka.admin().deleteTopics([name]),
    async produce(records, outcome = 'commit') {
      producers += 1;
      const producer = await kafka.producer(`centre-${producers}`);
      try {
        await producer.begin();
        await producer.send(records);
        await producer[outcome]();
      } finally {
        await producer.close();
      }
    },
    async committed(topic) {
      const bounds = await kafka.admin().bounds(topic);
      const read = bounds.map(({ partition, first }) => kafka.reader().readToEnd(topic, partition, first));
      return (await Promise.all(read)).flat();
    },
    async stored() {
      const consumer = await jetstream(nc).consumers.get(DOWN, { filter_subjects: 'dealeriq.down.>' });
      const stored: DownMessage[] = [];
      let left = (await consumer.info()).num_pending;
      while (left > 0) {
        for await (const message of await consumer.fetch({ max_messages: Math.min(left, 500), expires: 10_000 })) {
          stored.push({
            subject: message.subject,
            origin: message.headers?.get('dealeriq-offset') ?? '',
            attributes: readAttributes(message.headers).attributes,
            text: message.string(),
          });
          left -= 1;
        }
      }
      return stored;
    },
    async dispose() {
      await kafka.close();
      await nc.close();
      await Promise.all([server.dispose(), cluster.dispose()]);
    },
  };
}

const { codec } = catalogCodec();

/** A record of an event that the centre makes, as its own systems would write it. */
export function centreRecord<Type extends EventType>(
  prefix: string,
  type: Type,
  id: string,
  data: unknown,
  changes: {
    readonly attributes?: Readonly<Record<string, string | undefined>>;
    readonly key?: string;
    readonly partition?: number;
    readonly value?: Uint8Array | null;
  } = {},
): KafkaRecord {
  const attributes = {
    specversion: '1.0',
    id,
    source: 'urn:dealeriq:centre:erp',
    type,
    time: '2026-11-02T09:00:00.000Z',
    datacontenttype: 'application/avro',
    ...changes.attributes,
  };
  return {
    topic: kafkaTopic(type, prefix),
    ...(changes.partition === undefined ? {} : { partition: changes.partition }),
    key: changes.key ?? changes.attributes?.dealerid ?? id,
    value:
      changes.value === undefined ? codec.encode(type, definitionOf(type)?.version ?? 1, data).value : changes.value,
    headers: recordHeaders(attributes),
  };
}
