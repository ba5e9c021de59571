import { join } from 'node:path';
import type { KafkaBinary } from '../../scripts/services/kafka-binary.ts';
import { schemaUrn } from '../../src/core/event.ts';
import { definitionOf, type EventData, type EventType } from '../../src/events/catalog.ts';
import { kafkaTopic, natsUpSubject } from '../../src/events/names.ts';
import { recordHeaders } from '../../sync/bridge/cloud-event-records.ts';
import { contentTypeOf, type DeadLetter, deadLetterRecords } from '../../sync/bridge/dead-letter-record.ts';
import type { Kafka, KafkaMessage, KafkaRecord } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../sync/bridge/registry/schema-cache.ts';
import { catalogSubjects } from '../../sync/bridge/registry/subjects.ts';
import { applyTopics, planTopics } from '../../sync/bridge/topics.ts';
import type { UpMessage } from '../../sync/bridge/up-source.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const PREFIX = 'dealeriq';

/** Nothing listens here: schemas come from the cache that `DATA_DIR` holds, as when the registry is down. */
export const NO_REGISTRY = 'http://127.0.0.1:9';

/** Kafka with every topic, and a codec whose schema ids are in a cache file. */
export interface CentreWorld {
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  readonly codec: PayloadCodec;
  /** For `DATA_DIR`. */
  readonly folder: string;
  /** The environment of commands that work here. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves once readers of committed records see them. */
  write(records: readonly KafkaRecord[]): Promise<void>;
  /** Everything that is committed in a topic, partition by partition. */
  read(topic: string): Promise<readonly KafkaMessage[]>;
  dispose(): Promise<void>;
}

export async function startCentreWorld(binary: KafkaBinary): Promise<CentreWorld> {
  const cluster = await startKafkaCluster(binary);
  const { path: folder, remove } = temporaryFolder();
  const kafka = await connectKafka({ brokers: [cluster.broker], clientId: 'centre-test' });
  const admin = kafka.admin();
  await applyTopics(admin, await planTopics(admin, { prefix: PREFIX, partitions: 2, shards: 1, replicationFactor: 1 }));
  const codec = await cachedCodec(folder);
  const world: CentreWorld = {
    cluster,
    kafka,
    codec,
    folder,
    env: {
      KAFKA_BROKERS: cluster.broker,
      SCHEMA_REGISTRY_URL: NO_REGISTRY,
      DATA_DIR: folder,
    },
    async write(records) {
      const producer = await kafka.producer(`${PREFIX}-test-writer`);
      await producer.begin();
      await producer.send(records);
      await producer.commit();
      await producer.close();
      // A commit is answered before every partition has its marker; the id is given out again only after that.
      await (await kafka.producer(`${PREFIX}-test-writer`)).close();
    },
    async read(topic) {
      const bounds = await kafka.admin().bounds(topic);
      const parts = await Promise.all(
        bounds.map(({ partition, first }) => kafka.reader().readToEnd(topic, partition, first)),
      );
      return parts.flat();
    },
    async dispose() {
      await kafka.close();
      await cluster.dispose();
      remove();
    },
  };
  return world;
}

async function cachedCodec(folder: string): Promise<PayloadCodec> {
  const client = registryClient({ url: NO_REGISTRY, retries: 0 });
  const cache = openSchemaCache({ registry: client.url, file: join(folder, 'bridge-schemas.json') });
  for (const [index, { subject, schema, schemaType }] of catalogSubjects('avro', PREFIX).entries()) {
    cache.rememberId(subject, schema, index + 1);
    cache.rememberSchema(index + 1, { schemaType, schema });
  }
  cache.save();
  const { codec, schemas } = openPayloadCodec({ client, format: 'avro', cache, prefix: PREFIX });
  const { missing } = await schemas.prepare();
  if (missing.length > 0) throw new Error(`No schema for ${missing.join()}`);
  return codec;
}

/** A message as a box sends it up. */
export function upMessage<Type extends EventType>(
  type: Type,
  data: unknown,
  at: { dealerId?: string; sequence: number; id: string; text?: string },
): UpMessage {
  const { dealerId = 'D042', sequence, id } = at;
  const definition = definitionOf(type);
  const example = definition?.example as EventData<Type>;
  const attributes = {
    specversion: '1.0',
    id,
    source: `urn:dealeriq:dealer:${dealerId}:B1`,
    type,
    subject: definition?.subject((data ?? example) as never) ?? id,
    time: '2026-11-02T09:00:00.000Z',
    dataschema: schemaUrn(type, definition?.version ?? 1),
    dealerid: dealerId,
    deviceid: 'B1',
    lane: definition?.lane ?? 'live',
    epoch: '1',
    sequence: String(sequence),
    correlationid: id,
  };
  return {
    streamSequence: sequence,
    subject: natsUpSubject(dealerId, definition?.lane ?? 'live', type),
    storedMs: Date.parse('2026-11-02T09:00:01.000Z'),
    attributes,
    headers: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value])),
      'content-type': 'application/json',
      'nats-msg-id': `B1/1/live/${sequence}`,
    },
    bytes: new TextEncoder().encode(at.text ?? JSON.stringify(data)),
  };
}

/** A record that the centre wrote for dealers. */
export function downRecord<Type extends EventType>(
  world: Pick<CentreWorld, 'codec'>,
  type: Type,
  data: EventData<Type>,
  more: { id: string; dealerId?: string; key?: string; attributes?: Readonly<Record<string, string>> },
): KafkaRecord {
  const definition = definitionOf(type);
  const version = definition?.version ?? 1;
  const subject = definition?.subject(data as never) ?? more.id;
  return {
    topic: kafkaTopic(type, PREFIX),
    key: more.key ?? more.dealerId ?? subject,
    value: world.codec.encode(type, version, data).value,
    headers: recordHeaders({
      specversion: '1.0',
      id: more.id,
      source: 'urn:dealeriq:centre:erp',
      type,
      subject,
      time: '2026-11-02T09:00:00.000Z',
      dataschema: schemaUrn(type, version),
      dealerid: more.dealerId,
      datacontenttype: contentTypeOf(world.codec),
      ...more.attributes,
    }),
  };
}

/** The records of a dead letter on its way down. */
export function downLetter(
  world: Pick<CentreWorld, 'codec'>,
  letter: Pick<DeadLetter, 'origin' | 'bytes' | 'headers' | 'attributes' | 'key'> & { readonly id: string },
): readonly KafkaRecord[] {
  return deadLetterRecords(
    {
      direction: 'down',
      contentType: 'application/avro',
      reasonCode: 'invalid-payload',
      reason: 'The payload does not fit.',
      violations: [],
      receivedAt: '2026-11-02T09:00:00.000Z',
      detectedAt: '2026-11-02T09:00:00.000Z',
      ...letter,
    },
    { prefix: PREFIX, codec: world.codec },
  );
}
