import { headers, type MsgHdrs } from '@nats-io/nats-core';
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

/** The headers of an event on its way up. */
export function eventHeaders(deviceId: string, event: OutboxEvent): MsgHdrs {
  const out = headers();
  out.set('ce-specversion', '1.0');
  out.set('ce-id', encode(event.id));
  out.set('ce-source', encode(event.source));
  out.set('ce-type', event.type);
  out.set('ce-subject', encode(event.subject));
  out.set('ce-time', event.time);
  out.set('ce-dataschema', schemaUrn(event.type, event.version));
  out.set('ce-dealerid', event.dealerId);
  out.set('ce-deviceid', deviceId);
  out.set('ce-lane', event.lane);
  out.set('ce-epoch', String(event.epoch));
  out.set('ce-sequence', String(event.sequence));
  out.set('ce-correlationid', encode(event.correlationId));
  if (event.causationId !== undefined) out.set('ce-causationid', encode(event.causationId));
  if (event.traceparent !== undefined) out.set('traceparent', event.traceparent);
  out.set('content-type', 'application/json');
  return out;
}

/** The attributes of a message, without `data`, and the headers that carried them. */
export function readAttributes(from: MsgHdrs | undefined): {
  readonly attributes: Record<string, unknown>;
  readonly headers: Record<string, string>;
} {
  const attributes: Record<string, unknown> = {};
  const kept: Record<string, string> = {};
  for (const name of from?.keys() ?? []) {
    const value = from?.get(name) ?? '';
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
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
