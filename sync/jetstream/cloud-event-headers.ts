import type { MsgHdrs } from '@nats-io/nats-core';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { schemaUrn } from '../../src/core/event.ts';
import type { OutboxEvent } from '../core/outbox.ts';

/**
 * The CloudEvents NATS binding, binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md): attributes are
 * headers `ce-*`, the body is the data.
 */

/** What names an event to the hub: `<deviceId>/<epoch>/<lane>/<sequence>`. */
export function messageId(deviceId: string, event: OutboxEvent): string {
  return `${deviceId}/${event.epoch}/${event.lane}/${event.sequence}`;
}

/** The headers of an event on its way up, and further ones. */
export function eventHeaders(
  deviceId: string,
  event: OutboxEvent,
  further: Readonly<Record<string, string[]>> = {},
): MsgHdrs {
  // All at once: `set` looks through every name that is there already, which takes most of an append's time.
  return MsgHdrsImpl.fromRecord({
    'ce-specversion': ['1.0'],
    'ce-id': [encode(event.id)],
    'ce-source': [encode(event.source)],
    'ce-type': [event.type],
    'ce-subject': [encode(event.subject)],
    'ce-time': [encode(event.time)],
    'ce-dataschema': [schemaUrn(event.type, event.version)],
    'ce-dealerid': [encode(event.dealerId)],
    'ce-deviceid': [encode(deviceId)],
    'ce-lane': [event.lane],
    'ce-epoch': [String(event.epoch)],
    'ce-sequence': [String(event.sequence)],
    'ce-correlationid': [encode(event.correlationId)],
    ...(event.causationId === undefined ? {} : { 'ce-causationid': [encode(event.causationId)] }),
    ...(event.traceparent === undefined ? {} : { traceparent: [encode(event.traceparent)] }),
    'content-type': ['application/json'],
    ...further,
  });
}

/**
 * The headers of an event with these attributes, all of them text, and further ones. Names that CloudEvents does not
 * allow are left out: in a header they could be anything.
 */
export function attributeHeaders(
  attributes: Readonly<Record<string, string>>,
  further: Readonly<Record<string, string[]>> = {},
): MsgHdrs {
  const record: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'traceparent') record.traceparent = [encode(value)];
    else if (name !== 'datacontenttype' && /^[a-z0-9]+$/.test(name)) record[`ce-${name}`] = [encode(value)];
  }
  return MsgHdrsImpl.fromRecord({ ...record, 'content-type': ['application/json'], ...further });
}

/** The headers of every event and their attributes, so that the names need not be cut out of each message anew. */
const KNOWN: ReadonlyMap<string, { readonly header: string; readonly attribute: string }> = new Map(
  [
    ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'dealerid', 'deviceid', 'lane'],
    ...['epoch', 'sequence', 'correlationid', 'causationid'],
  ].map((attribute) => [`ce-${attribute}`, { header: `ce-${attribute}`, attribute }]),
);

/** The attributes of a message, without `data`, and the headers that carried them. */
export function readAttributes(from: MsgHdrs | undefined): {
  readonly attributes: Record<string, unknown>;
  readonly headers: Record<string, string>;
} {
  const attributes: Record<string, unknown> = {};
  const kept: Record<string, string> = {};
  for (const [name, [value = '']] of from ?? []) {
    const known = KNOWN.get(name);
    if (known !== undefined) {
      attributes[known.attribute] = decode(value);
      kept[known.header] = value;
      continue;
    }
    const lower = name.toLowerCase();
    if (lower.startsWith('ce-')) {
      attributes[lower.slice('ce-'.length)] = decode(value);
      kept[lower] = value;
    } else if (lower === 'traceparent') {
      attributes.traceparent = value;
      kept[lower] = value;
    }
  }
  return { attributes, headers: kept };
}

/** Header values are printable ASCII without quote and per cent sign; everything else is percent-encoded UTF-8. */
function encode(value: string): string {
  return value.replaceAll(/[^!#$&-~]/gu, (char) => encodeURIComponent(char));
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
