import { createHash } from 'node:crypto';
import type { Violation } from '../../src/core/errors.ts';
import { schemaUrn } from '../../src/core/event.ts';
import * as field from '../../src/core/fields.ts';
import { definitionOf } from '../../src/events/catalog.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { type DataContractViolation, dataContractViolation } from '../../src/events/ops/data.ts';
import { recordHeaders } from './cloud-event-records.ts';
import type { KafkaRecord } from './kafka.ts';
import { type PayloadCodec, UNKNOWN_MEMBERS_HEADER } from './registry/payload-codec.ts';
import { deadLetterTopic } from './topic-list.ts';

/** What of a dead letter every attribute header tells, where it could be read. */
const KEPT_ATTRIBUTES = [
  ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'dealerid', 'deviceid', 'lane', 'epoch'],
  ...['sequence', 'correlationid', 'causationid', 'traceparent'],
];

/** The names of a dead letter's own headers. */
export const DEAD_LETTER_HEADERS = {
  id: 'dealeriq_dlq_id',
  direction: 'dealeriq_direction',
  reasonCode: 'dealeriq_reason_code',
  reason: 'dealeriq_reason',
  violations: 'dealeriq_violations',
  origin: 'dealeriq_origin',
  receivedAt: 'dealeriq_received_at',
  headers: 'dealeriq_headers',
} as const;

/** What the bridge could not carry, exactly as it arrived, and why. */
export interface DeadLetter {
  /** The same each time the bridge comes to it: made of the place that it had. */
  readonly id: string;
  readonly direction: 'up' | 'down';
  /** The dealer whose it is, or the topic it came from: the key of its records. */
  readonly key: string;
  /** A NATS subject, or `<topic>/<partition>/<offset>`. */
  readonly origin: string;
  readonly bytes: Uint8Array | null;
  /** Every header as it arrived. */
  readonly headers: Readonly<Record<string, string>>;
  /** CloudEvents attributes as far as they could be read; what is not text is left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
  readonly reasonCode: DataContractViolation['reasonCode'];
  readonly reason: string;
  readonly violations: readonly Violation[];
  /** When the broker that it came from stored it, RFC 3339. */
  readonly receivedAt: string;
  /** When the bridge refused it, RFC 3339. */
  readonly detectedAt: string;
}

export interface DeadLetterOptions {
  readonly prefix: string;
  readonly codec: PayloadCodec;
}

/**
 * The records that keep a dead letter: its bytes in `<prefix>.dlq`, and the event `data.contract.violation` that tells
 * of it. Both belong in one transaction with what says that it was dealt with.
 * @throws {EdgeError} `registry-unavailable` while that event cannot be encoded.
 */
export function deadLetterRecords(letter: DeadLetter, options: DeadLetterOptions): readonly KafkaRecord[] {
  return [deadLetterRecord(letter, options.prefix), violationRecord(letter, options)];
}

function deadLetterRecord(letter: DeadLetter, prefix: string): KafkaRecord {
  const kept = KEPT_ATTRIBUTES.map((name) => [name, letter.attributes[name]] as const);
  return {
    topic: deadLetterTopic(prefix),
    key: letter.key,
    value: letter.bytes,
    headers: {
      ...recordHeaders(Object.fromEntries(kept.filter(([, value]) => typeof value === 'string'))),
      ...(letter.contentType === undefined ? {} : { 'content-type': letter.contentType }),
      [DEAD_LETTER_HEADERS.id]: letter.id,
      [DEAD_LETTER_HEADERS.direction]: letter.direction,
      [DEAD_LETTER_HEADERS.reasonCode]: letter.reasonCode,
      [DEAD_LETTER_HEADERS.reason]: letter.reason.toWellFormed(),
      [DEAD_LETTER_HEADERS.violations]: JSON.stringify(letter.violations),
      [DEAD_LETTER_HEADERS.origin]: letter.origin,
      [DEAD_LETTER_HEADERS.receivedAt]: letter.receivedAt,
      [DEAD_LETTER_HEADERS.headers]: JSON.stringify(letter.headers),
    },
  };
}

function violationRecord(letter: DeadLetter, { prefix, codec }: DeadLetterOptions): KafkaRecord {
  const { type, version } = dataContractViolation;
  const id = eventIdOf(letter.id);
  const data = violationOf(letter, id);
  const { value, unknownMembers } = codec.encode(type, version, data);
  const dealerId = field.dealerId.safeParse(letter.attributes.dealerid).data;
  const causationId = textOr(letter.attributes.id, 200);
  return {
    topic: kafkaTopic(type, prefix),
    key: letter.key,
    value,
    headers: {
      ...recordHeaders({
        specversion: '1.0',
        id,
        source: 'urn:dealeriq:centre:bridge',
        type,
        subject: data.deadLetterId,
        time: letter.detectedAt,
        dataschema: schemaUrn(type, version),
        dealerid: dealerId,
        correlationid: textOr(letter.attributes.correlationid, 200) ?? causationId ?? id,
        causationid: causationId,
        traceparent: textOr(letter.attributes.traceparent, 200),
        datacontenttype: contentTypeOf(codec),
      }),
      ...(unknownMembers === undefined ? {} : { [UNKNOWN_MEMBERS_HEADER]: unknownMembers }),
    },
  };
}

function violationOf(letter: DeadLetter, violationId: string): DataContractViolation {
  const { attributes } = letter;
  const type = textOr(attributes.type, 200);
  const optional = {
    declaredSchema: textOr(attributes.dataschema, 300),
    expectedVersion: type === undefined ? undefined : definitionOf(type)?.version,
    eventId: textOr(attributes.id, 200),
    eventSource: textOr(attributes.source, 300),
  };
  const bytes = letter.bytes ?? new Uint8Array();
  return {
    violationId,
    gate: 'bridge',
    violatedType: type ?? 'unknown',
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<DataContractViolation>),
    reasonCode: letter.reasonCode,
    violations: letter.violations.slice(0, 100).map(({ pointer, code, detail }) => ({
      pointer: storable(pointer.slice(0, 500)),
      code,
      detail: storable(detail.slice(0, 500)),
    })),
    // A place can be longer than an id may be; then its digest names it.
    deadLetterId: field.id.safeParse(letter.id).success ? letter.id : violationId,
    payloadSha256: createHash('sha256').update(bytes).digest('hex'),
    payloadBytes: bytes.length,
    detectedAt: letter.detectedAt,
  };
}

/** The media type of the values that a codec writes. */
export function contentTypeOf(codec: PayloadCodec): string {
  return codec.format === 'avro' ? 'application/avro' : 'application/json';
}

/** The id of the event about a dead letter: SHA-256 of the dead letter's id, as a UUID of version 8 (RFC 9562, 5.8). */
export function eventIdOf(deadLetterId: string): string {
  const bytes = createHash('sha256').update(deadLetterId).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function textOr(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? storable(value.slice(0, max)) : undefined;
}

/** A text that every database keeps; the dead letter has the bytes as they arrived. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
