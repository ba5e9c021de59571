import type { Violation } from '../../../src/core/errors.ts';
import { readRecordHeaders } from '../cloud-event-records.ts';
import { DEAD_LETTER_HEADERS } from '../dead-letter-record.ts';
import type { KafkaMessage } from '../kafka.ts';

/** A dead letter as it lies in `<prefix>.dlq`. */
export interface StoredLetter {
  readonly id: string;
  readonly direction: 'up' | 'down';
  /** The dealer whose it is, or the topic that it came from. */
  readonly key: string;
  /** A NATS subject, or `<topic>/<partition>/<offset>`. */
  readonly origin: string;
  /** As it arrived; `null` for a Kafka record without a value. */
  readonly bytes: Uint8Array | null;
  /** Every header as it arrived. */
  readonly headers: Readonly<Record<string, string>>;
  /** CloudEvents attributes as far as they could be read. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly reasonCode: string;
  readonly reason: string;
  readonly violations: readonly Violation[];
  /** When the broker that it came from stored it, RFC 3339. */
  readonly receivedAt: string;
  /** Its own place in the topic of dead letters. */
  readonly partition: number;
  readonly offset: bigint;
  /** When Kafka stored it, in milliseconds since 1970. */
  readonly storedMs: number;
}

const utf8 = new TextDecoder();

/** Reads a record of the topic; `undefined` for one that no bridge wrote. */
export function readLetter(message: KafkaMessage): StoredLetter | undefined {
  const headers = new Map(message.headers.map(({ name, value }) => [name, utf8.decode(value)]));
  const of = (name: keyof typeof DEAD_LETTER_HEADERS) => headers.get(DEAD_LETTER_HEADERS[name]);
  const id = of('id');
  if (id === undefined) return undefined;
  const { datacontenttype, ...attributes } = readRecordHeaders(message.headers).attributes;
  return {
    id,
    direction: of('direction') === 'down' ? 'down' : 'up',
    key: utf8.decode(message.key),
    origin: of('origin') ?? '',
    bytes: message.value ?? null,
    headers: parse(of('headers'), {}) as Record<string, string>,
    attributes,
    contentType: datacontenttype,
    reasonCode: of('reasonCode') ?? '',
    reason: of('reason') ?? '',
    violations: parse(of('violations'), []) as readonly Violation[],
    receivedAt: of('receivedAt') ?? '',
    partition: message.partition,
    offset: message.offset,
    storedMs: message.timestampMs,
  };
}

function parse(text: string | undefined, otherwise: unknown): unknown {
  try {
    return text === undefined ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}
