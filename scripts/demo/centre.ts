import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { EdgeError } from '../../src/core/errors.ts';
import { schemaUrn } from '../../src/core/event.ts';
import { definitionOf, type EventType } from '../../src/events/catalog.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { recordHeaders } from '../../sync/bridge/cloud-event-records.ts';
import type { KafkaRecord } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';

/** Something that a service at the centre says. */
export interface Fact {
  readonly type: EventType;
  readonly service: string;
  /** The dealer whom alone it is for; all of them without it. */
  readonly dealerId?: string;
  readonly data: unknown;
}

/** The centre's services: they write to Kafka and know nothing of dealers' boxes. */
export interface Centre {
  /** Writes facts in one transaction, and resolves once it is committed. */
  send(facts: readonly Fact[]): Promise<void>;
  readonly codec: PayloadCodec;
  /** How many order.placed are committed to Kafka by now; counts on from the last call. */
  ordersInKafka(): Promise<number>;
  close(): Promise<void>;
}

/** Connects the centre's services to Kafka and the registry. @throws {EdgeError} when a schema has no id there. */
export async function openCentre(brokers: string, registry: string): Promise<Centre> {
  const client = registryClient({ url: registry });
  const { codec, schemas } = openPayloadCodec({ client, format: 'avro', prefix: 'dealeriq' });
  const { missing } = await schemas.prepare();
  if (missing.length > 0) throw new EdgeError('internal', `The registry lacks schemas: ${missing.join(', ')}.`);
  const kafka = await connectKafka({ brokers: [brokers], clientId: 'demo-centre' });
  const topic = kafkaTopic('order.placed');
  const next = new Map<number, bigint>();
  let orders = 0;
  return {
    codec,
    async ordersInKafka() {
      for (const { partition, end } of await kafka.admin().bounds(topic)) {
        const from = next.get(partition) ?? 0n;
        if (end <= from) continue;
        const read = await kafka.reader().readToEnd(topic, partition, from);
        const last = read.at(-1);
        if (last !== undefined) next.set(partition, last.offset + 1n);
        orders += read.length;
      }
      return orders;
    },
    async send(facts) {
      const producer = await kafka.producer('dealeriq-centre-demo');
      try {
        await producer.begin();
        await producer.send(facts.map((fact) => recordOf(fact, codec)));
        await producer.commit();
      } finally {
        await producer.close();
      }
    },
    close: () => kafka.close(),
  };
}

/** A CloudEvent in Kafka's binary mode: what is of one dealer has the dealer as key, everything else its subject. */
function recordOf({ type, service, dealerId, data }: Fact, codec: PayloadCodec): KafkaRecord {
  const definition = definitionOf(type);
  if (definition === undefined) throw new EdgeError('internal', `The catalogue has no ${type}.`);
  const subject = definition.subject(data as never);
  const id = uuidv7();
  const headers = recordHeaders({
    specversion: '1.0',
    id,
    source: `urn:dealeriq:centre:${service}`,
    type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/avro',
    dataschema: schemaUrn(type, definition.version),
    dealerid: dealerId,
    correlationid: id,
    traceparent: newTraceparent(),
  });
  const { value } = codec.encode(type, definition.version, data);
  return { topic: kafkaTopic(type), key: dealerId ?? subject, value, headers };
}

/** A new sampled trace: https://www.w3.org/TR/trace-context/#traceparent-header */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
