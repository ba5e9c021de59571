import type { KafkaHeader } from './kafka.ts';

/**
 * The CloudEvents Kafka binding, binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md, 3.2): attributes
 * are headers `ce_*` in UTF-8, as they are and without percent-encoding; the value is the data. `datacontenttype` is
 * the header `content-type`. `traceparent` has no prefix, as on NATS and as W3C Trace Context names it.
 */

const PREFIX = 'ce_';

/**
 * The headers of a record with these attributes. Absent ones (`undefined`) have none.
 * @throws {TypeError} when an attribute is neither text, number nor boolean, as CloudEvents has no such attributes.
 */
export function recordHeaders(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    headers[headerName(name)] = textOf(name, value);
  }
  return headers;
}

export interface RecordAttributes {
  /** All of them as text, which is what the binding carries; `datacontenttype` and `traceparent` among them. */
  readonly attributes: Record<string, string>;
  /** Names of the `ce_*` headers whose value is not UTF-8; they are not among the attributes. */
  readonly unreadable: readonly string[];
}

/** The attributes of a record. Where a header comes more than once the last counts, as Kafka's `lastHeader` does. */
export function readRecordHeaders(headers: readonly KafkaHeader[]): RecordAttributes {
  const attributes: Record<string, string> = {};
  const unreadable = new Set<string>();
  for (const { name, value } of headers) {
    const attribute = attributeName(name);
    if (attribute === undefined) continue;
    const text = readUtf8(value);
    delete attributes[attribute];
    unreadable.delete(name);
    if (text === undefined) unreadable.add(name);
    else attributes[attribute] = text;
  }
  return { attributes, unreadable: [...unreadable] };
}

function headerName(attribute: string): string {
  if (attribute === 'datacontenttype') return 'content-type';
  return attribute === 'traceparent' ? attribute : PREFIX + attribute;
}

/** Attribute names are lower case; headers of other producers may not be. */
function attributeName(header: string): string | undefined {
  const name = header.toLowerCase();
  if (name === 'content-type') return 'datacontenttype';
  if (name === 'traceparent') return name;
  // `ce_traceparent` is what the extension "distributed tracing" is called by the letter of the binding.
  return name.startsWith(PREFIX) && name.length > PREFIX.length ? name.slice(PREFIX.length) : undefined;
}

function textOf(name: string, value: unknown): string {
  // A lone surrogate has no UTF-8.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  throw new TypeError(`Attribute ${name} is of type ${typeof value}; an attribute is text, a number or a boolean.`);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a header, or `undefined` when its bytes are not UTF-8. */
function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
