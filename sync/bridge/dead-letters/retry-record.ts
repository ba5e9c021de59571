import { createHash } from 'node:crypto';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { EdgeError, type Violation } from '../../../src/core/errors.ts';
import { schemaUrn } from '../../../src/core/event.ts';
import { definitionOf } from '../../../src/events/catalog.ts';
import { natsUpSubject } from '../../../src/events/names.ts';
import { validatePayload } from '../../../src/events/validate.ts';
import { readAttributes } from '../../jetstream/cloud-event-headers.ts';
import { recordHeaders } from '../cloud-event-records.ts';
import { contentTypeOf, DEAD_LETTER_HEADERS } from '../dead-letter-record.ts';
import { routeDown } from '../down-routing.ts';
import type { KafkaRecord } from '../kafka.ts';
import { type PayloadCodec, UNKNOWN_MEMBERS_HEADER } from '../registry/payload-codec.ts';
import { createUpGate } from '../up-gate.ts';
import { dealerOfSubject } from '../up-source.ts';
import { encodeLetterId } from './letter-id.ts';
import type { LetterFix } from './letter-status.ts';
import type { StoredLetter } from './stored-letter.ts';

/** Headers of a record that was a dead letter before. */
export const RETRY_HEADERS = {
  from: 'dealeriq_retried_from',
  fixed: 'dealeriq_fixed',
  originalSha256: 'dealeriq_original_sha256',
} as const;

export interface RetryOptions {
  readonly codec: PayloadCodec;
  readonly prefix: string;
  readonly nowMs: () => number;
  /** The key of the Kafka record that a dead letter on its way down was. */
  readonly keyOf: (letter: StoredLetter) => Promise<string>;
}

/**
 * The record that a dead letter becomes when the gate takes it now, as it arrived or as it was fixed, with the identity
 * that it had.
 * @throws {EdgeError} `contract-violation` saying what is still wrong; `registry-unavailable`.
 */
export async function retryRecord(
  letter: StoredLetter,
  fix: LetterFix | undefined,
  options: RetryOptions,
): Promise<KafkaRecord> {
  const record =
    letter.direction === 'up' ? await upRecord(letter, fix, options) : await downRecord(letter, fix, options);
  return {
    ...record,
    headers: {
      ...record.headers,
      [RETRY_HEADERS.from]: letter.id,
      ...(fix === undefined
        ? {}
        : { [RETRY_HEADERS.fixed]: 'true', [RETRY_HEADERS.originalSha256]: fix.originalSha256 }),
    },
  };
}

/** The attributes as they arrived, out of the headers of its own protocol. */
export function originalAttributes(letter: StoredLetter): Readonly<Record<string, unknown>> {
  if (letter.direction === 'down') return letter.attributes;
  const headers = Object.entries(letter.headers).map(([name, value]) => [name, [value]] as [string, string[]]);
  return readAttributes(MsgHdrsImpl.fromRecord(Object.fromEntries(headers))).attributes;
}

/** The payload as it arrived. @throws {EdgeError} `contract-violation` when it cannot be read. */
export async function arrivedData(letter: StoredLetter, codec: () => Promise<PayloadCodec>): Promise<unknown> {
  const bytes = letter.bytes ?? new Uint8Array();
  if (letter.direction === 'down') {
    return (await (await codec()).decode(bytes, letter.headers[UNKNOWN_MEMBERS_HEADER])).data;
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new EdgeError('contract-violation', 'What arrived is not JSON in UTF-8: give the whole payload instead.', {
      cause: error,
    });
  }
}

/** SHA-256 of the bytes as they arrived, in hexadecimal. */
export function sha256Of(letter: StoredLetter): string {
  return createHash('sha256')
    .update(letter.bytes ?? new Uint8Array())
    .digest('hex');
}

/** Through the bridge's own gate, as the message that the hub had. */
async function upRecord(letter: StoredLetter, fix: LetterFix | undefined, options: RetryOptions): Promise<KafkaRecord> {
  const attributes = { ...originalAttributes(letter), ...fix?.attributes };
  const admitted = await createUpGate(options).admit({
    streamSequence: 0,
    subject: fix === undefined ? letter.origin : subjectOf(letter.origin, fix),
    storedMs: Date.parse(letter.receivedAt),
    attributes,
    headers: letter.headers,
    bytes: bytesOf(letter, fix),
  });
  const [record] = admitted.records;
  if (record === undefined) throw new Error(`The gate made nothing of dead letter ${letter.id}.`);
  if (!admitted.deadLetter) return record;
  const { [DEAD_LETTER_HEADERS.reason]: reason = '', [DEAD_LETTER_HEADERS.violations]: violations = '[]' } =
    record.headers;
  throw stillWrong(letter, reason, JSON.parse(violations) as readonly Violation[]);
}

/** Back into the topic that it came from; the bridge takes it down from there. */
async function downRecord(
  letter: StoredLetter,
  fix: LetterFix | undefined,
  options: RetryOptions,
): Promise<KafkaRecord> {
  const { codec } = options;
  const topic = letter.origin.replace(/\/\d+\/\d+$/, '');
  const attributes = { ...letter.attributes, ...fix?.attributes };
  const type = topic.slice(options.prefix.length + 1);
  const definition = definitionOf(type);
  if (definition === undefined) throw stillWrong(letter, `The catalogue has no event type "${type}".`);
  const key = await options.keyOf(letter);
  const route = routeDown(definition, attributes, key);
  if (route.outcome === 'refused') throw stillWrong(letter, route.reason, route.violations);
  if (route.outcome === 'echo') throw stillWrong(letter, 'A dealer made it, so it does not go down.');
  if (fix?.data === undefined && letter.bytes === null) throw stillWrong(letter, 'The record has no value.');
  const unknownMembers = letter.headers[UNKNOWN_MEMBERS_HEADER];
  const data = fix?.data ?? (await codec.decode(letter.bytes ?? new Uint8Array(), unknownMembers)).data;
  const validation = validatePayload(type, route.version, data);
  if (validation.outcome === 'invalid') {
    throw stillWrong(letter, `The payload does not fit ${type} version ${route.version}.`, validation.violations);
  }
  const own = { ...letter.headers, ...recordHeaders(fix?.attributes ?? {}) };
  if (fix?.data === undefined) return { topic, key, value: letter.bytes, headers: own };
  if (validation.outcome !== 'ok') {
    throw stillWrong(
      letter,
      `A fix cannot be written as ${type} version ${route.version}: this program does not know it.`,
    );
  }
  const encoded = codec.encode(type, validation.version, validation.data);
  const { [UNKNOWN_MEMBERS_HEADER]: _before, ...rest } = own;
  return {
    topic,
    key,
    value: encoded.value,
    headers: {
      ...rest,
      ...recordHeaders({ dataschema: schemaUrn(type, validation.version), datacontenttype: contentTypeOf(codec) }),
      ...(encoded.unknownMembers === undefined ? {} : { [UNKNOWN_MEMBERS_HEADER]: encoded.unknownMembers }),
    },
  };
}

/** The subject that the hub would have had for the fixed event: the dealer, whom the hub has checked, stays. */
function subjectOf(origin: string, { attributes }: LetterFix): string {
  const [, , , lane = '', ...type] = origin.split('.');
  const newLane = attributes.lane ?? lane;
  if (newLane !== 'live' && newLane !== 'bulk') return origin;
  return natsUpSubject(dealerOfSubject(origin), newLane, attributes.type ?? type.join('.'));
}

function bytesOf(letter: StoredLetter, fix: LetterFix | undefined): Uint8Array {
  if (fix?.data !== undefined) return new TextEncoder().encode(JSON.stringify(fix.data));
  return letter.bytes ?? new Uint8Array();
}

function stillWrong(letter: StoredLetter, reason: string, violations: readonly Violation[] = []): EdgeError {
  return new EdgeError(
    'contract-violation',
    `Dead letter ${encodeLetterId(letter.id)} still does not fit: ${reason} Fix it with \`dealeriq dlq fix\`, or discard it.`,
    { violations },
  );
}
