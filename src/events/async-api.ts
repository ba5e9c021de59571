import type { EventDefinition } from '../core/define-event.ts';
import { schemaUrn } from '../core/event.ts';
import { avroSchemaOf } from './avro.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { kafkaTopic } from './names.ts';

export type JsonObject = { readonly [member: string]: unknown };

export interface AsyncApiOptions {
  /** Of the product, for `info.version`. */
  readonly version: string;
  /** Of Kafka topics. */
  readonly topicPrefix?: string;
}

const text = (description: string): JsonObject => ({ type: 'string', description });

const ATTRIBUTES: JsonObject = {
  specversion: { type: 'string', const: '1.0' },
  id: text('UUIDv7'),
  source: text('urn:dealeriq:dealer:<dealerId>:<deviceId> or urn:dealeriq:centre:<service>'),
  type: text('The event type'),
  subject: text('The id of the aggregate'),
  time: { type: 'string', format: 'date-time' },
  dataschema: text('urn:dealeriq:schema:<type>:<version>'),
  dealerid: text('The dealer'),
  lane: { type: 'string', enum: ['live', 'bulk'], description: 'Of events made at the dealer' },
  epoch: text('Rises when a device is restored; a whole number in decimal'),
  sequence: text('Gap-free for each device, epoch and lane; a whole number in decimal'),
  correlationid: text('The id of what started the chain'),
  causationid: text('The id of the event that caused this one'),
  traceparent: text('W3C Trace Context'),
};

const REQUIRED = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'dealerid', 'correlationid'];

/**
 * The AsyncAPI 3.0 document of the catalogue, as the edge and its bridge see it: every type with its NATS subjects
 * (CloudEvents in binary mode, JSON) and its Kafka topic (CloudEvents in binary mode, Avro).
 */
export function asyncApiDocument(definitions: Iterable<EventDefinition>, options: AsyncApiOptions): JsonObject {
  const all = [...definitions];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'DealerIQ Edge events',
      version: options.version,
      description: 'Every event that a dealer site sends or receives, on NATS JetStream and on Kafka.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: '127.0.0.1:4222', protocol: 'nats', description: 'NATS with JetStream' },
      kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'Read with isolation.level=read_committed' },
    },
    channels: Object.assign({}, ...all.map((definition) => channelsOf(definition, options.topicPrefix))),
    operations: Object.assign({}, ...all.map(operationsOf)),
    components: {
      messages: Object.assign({}, ...all.map(messagesOf)),
      schemas: {
        ...Object.fromEntries(all.map((definition) => [definition.type, jsonSchemaOf(definition)])),
        'headers.nats': headers('ce-'),
        'headers.kafka': headers('ce_'),
      },
    },
  };
}

/** The channels of a type, by the place that they lead to. */
function routesOf(definition: EventDefinition): readonly ('up' | 'down' | 'all')[] {
  return [
    ...(definition.direction === 'down' ? [] : (['up'] as const)),
    ...(definition.direction === 'up' ? [] : (['down', 'all'] as const)),
  ];
}

function channelsOf(definition: EventDefinition, topicPrefix: string | undefined): JsonObject {
  const { type, lane } = definition;
  const address = {
    up: `dealeriq.up.{dealerId}.${lane}.${type}`,
    down: `dealeriq.down.{dealerId}.${type}`,
    all: `dealeriq.down.all.${type}`,
  };
  const nats = routesOf(definition).map((route) => [
    `${type}.${route}`,
    {
      address: address[route],
      ...(route === 'all' ? {} : { parameters: { dealerId: { description: 'The dealer, such as D042' } } }),
      servers: [{ $ref: '#/servers/nats' }],
      messages: { [type]: { $ref: `#/components/messages/${type}.nats` } },
    },
  ]);
  const kafka = {
    address: kafkaTopic(type, topicPrefix),
    servers: [{ $ref: '#/servers/kafka' }],
    messages: { [type]: { $ref: `#/components/messages/${type}.kafka` } },
  };
  return { ...Object.fromEntries(nats), [`${type}.kafka`]: kafka };
}

function operationsOf(definition: EventDefinition): JsonObject {
  const operation = (action: 'send' | 'receive', channel: string): JsonObject => ({
    action,
    channel: { $ref: `#/channels/${definition.type}.${channel}` },
    summary: definition.purpose,
    tags: [{ name: definition.layer }],
  });
  const nats = routesOf(definition).map((route) => [
    `${definition.type}.${route}`,
    operation(route === 'up' ? 'send' : 'receive', route),
  ]);
  return {
    ...Object.fromEntries(nats),
    ...(definition.direction === 'down' ? {} : { [`${definition.type}.kafka.send`]: operation('send', 'kafka') }),
    ...(definition.direction === 'up' ? {} : { [`${definition.type}.kafka.receive`]: operation('receive', 'kafka') }),
  };
}

function messagesOf(definition: EventDefinition): JsonObject {
  const { type, purpose, layer, version } = definition;
  const shared = { name: type, title: type, summary: purpose, tags: [{ name: layer }] };
  const identity = { type, dataschema: schemaUrn(type, version) };
  return {
    [`${type}.nats`]: {
      ...shared,
      contentType: 'application/json',
      headers: { $ref: '#/components/schemas/headers.nats' },
      payload: { $ref: `#/components/schemas/${type}` },
      examples: [{ headers: prefixed('ce-', identity), payload: definition.example }],
    },
    [`${type}.kafka`]: {
      ...shared,
      contentType: 'application/avro',
      headers: { $ref: '#/components/schemas/headers.kafka' },
      payload: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema: avroSchemaOf(definition) },
    },
  };
}

function headers(prefix: string): JsonObject {
  return {
    type: 'object',
    properties: prefixed(prefix, ATTRIBUTES),
    required: REQUIRED.map((name) => prefix + name),
  };
}

function prefixed(prefix: string, members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [prefix + name, value]));
}
