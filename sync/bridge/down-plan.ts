import type { EventDefinition } from '../../src/core/define-event.ts';
import { EdgeError } from '../../src/core/errors.ts';
import { validatePayload } from '../../src/events/validate.ts';
import type { BatchMessage } from '../jetstream/atomic-batch.ts';
import { attributeHeaders } from '../jetstream/cloud-event-headers.ts';
import { readRecordHeaders } from './cloud-event-records.ts';
import type { DeadLetter } from './dead-letter-record.ts';
import { type DownRefused, type DownRoute, refuse, routeDown } from './down-routing.ts';
import type { KafkaHeader, KafkaMessage } from './kafka.ts';
import { type PayloadCodec, UNKNOWN_MEMBERS_HEADER } from './registry/payload-codec.ts';
import { kindOf } from './topic-list.ts';

/** What turns the records of one topic into messages. */
export interface DownTopic {
  readonly definition: EventDefinition;
  readonly codec: PayloadCodec;
  /** The largest message, headers and all, that the hub takes, in bytes. */
  readonly messageBytesMax: number;
  readonly nowMs: () => number;
}

/** A record that goes to the dead letters. */
export interface DownDeadLetter {
  readonly offset: bigint;
  readonly letter: DeadLetter;
}

/** What the first records of a group come to: as many as fit into one batch. */
export interface DownPlan {
  readonly forwards: readonly BatchMessage[];
  readonly deadLetters: readonly DownDeadLetter[];
  /** Records that are nobody's news: what the bridge brought up itself, and deleted keys. */
  readonly skipped: number;
  /** How many records of the group this is about. */
  readonly taken: number;
  /** When Kafka stored the oldest record that is forwarded, in milliseconds since 1970. */
  readonly oldestMs: number | undefined;
  /** Why the record after these has to wait, such as a registry that is down; nothing is wrong with the record. */
  readonly blocked: unknown;
}

/** Messages in one batch; the hub takes 1,000. */
const BATCH_MAX = 500;

/** Bytes of one batch, about. */
const BATCH_BYTES_MAX = 4_000_000;

/** Decides about the first records of a group from one partition. */
export async function planDown(topic: DownTopic, messages: readonly KafkaMessage[]): Promise<DownPlan> {
  const forwards: BatchMessage[] = [];
  const deadLetters: DownDeadLetter[] = [];
  let skipped = 0;
  let taken = 0;
  let bytes = 0;
  let oldestMs: number | undefined;
  let blocked: unknown;
  for (const message of messages) {
    if (forwards.length >= BATCH_MAX || bytes >= BATCH_BYTES_MAX) break;
    let verdict: Verdict;
    try {
      verdict = await judge(topic, message);
    } catch (error) {
      blocked = error;
      break;
    }
    taken += 1;
    if (verdict.outcome === 'forward') {
      forwards.push(verdict.message);
      bytes += verdict.bytes;
      oldestMs = Math.min(oldestMs ?? message.timestampMs, message.timestampMs);
    } else if (verdict.outcome === 'refused') {
      deadLetters.push({ offset: message.offset, letter: deadLetterOf(message, verdict, topic.nowMs()) });
    } else skipped += 1;
  }
  return { forwards, deadLetters, skipped, taken, oldestMs, blocked };
}

interface Forward {
  readonly outcome: 'forward';
  readonly message: BatchMessage;
  readonly bytes: number;
}

type Verdict = Forward | DownRefused | { readonly outcome: 'skip' };

const SKIP: Verdict = { outcome: 'skip' };

/** What becomes of a record. @throws when that cannot be told now, such as {EdgeError} `registry-unavailable`. */
async function judge(topic: DownTopic, message: KafkaMessage): Promise<Verdict> {
  // In a compacted topic a record without a value says that its key is deleted; no event type means that.
  if (message.value === undefined && kindOf(topic.definition) === 'state') return SKIP;
  const { attributes, unreadable } = readRecordHeaders(message.headers);
  if (unreadable.length > 0) {
    return refuse(
      'invalid-envelope',
      'Attributes are not UTF-8.',
      unreadable.map((name) => ({ pointer: `/${name.slice('ce_'.length)}`, code: 'encoding', detail: 'is not UTF-8' })),
    );
  }
  const route = routeDown(topic.definition, attributes, keyOf(message));
  if (route.outcome === 'echo') return SKIP;
  if (route.outcome === 'refused') return route;
  if (message.value === undefined) return refuse('invalid-payload', 'The record has no value.');
  const payload = await decode(topic.codec, message.value, message.headers);
  if ('outcome' in payload) return payload;
  return (
    payloadProblem(route, attributes, payload.type, payload.data) ?? forward(topic, message, route, attributes, payload)
  );
}

async function decode(codec: PayloadCodec, value: Uint8Array, headers: readonly KafkaHeader[]) {
  try {
    return await codec.decode(value, lastText(headers, UNKNOWN_MEMBERS_HEADER));
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    if (error.code === 'contract-violation') return refuse('invalid-payload', error.detail, error.violations);
    if (error.code === 'incompatible-schema') return refuse('unknown-version', error.detail, error.violations);
    throw error;
  }
}

function payloadProblem(
  { definition, version, dealerId }: DownRoute,
  attributes: Readonly<Record<string, string>>,
  writtenAs: string | undefined,
  data: unknown,
): DownRefused | undefined {
  const { type } = definition;
  if (writtenAs !== undefined && writtenAs !== type) {
    return refuse('invalid-payload', `The value is written by the schema of ${writtenAs}, not of ${type}.`);
  }
  const named = (data as { readonly dealerId?: unknown } | null)?.dealerId;
  if (named !== undefined && named !== dealerId) {
    return refuse('not-permitted', 'The payload is of another dealer than the event names: it is told to neither.', [
      { pointer: '/dealerId', code: 'foreign-dealer', detail: 'has to be the dealer of the event' },
    ]);
  }
  const validation = validatePayload(type, version, data);
  if (validation.outcome === 'invalid') {
    return refuse('invalid-payload', `The payload does not fit ${type} version ${version}.`, validation.violations);
  }
  // A version that is newer than the catalogue goes on as it is; boxes keep it for a later program.
  if (validation.outcome !== 'ok' || attributes.subject === undefined) return undefined;
  const about = definition.subject(validation.data);
  if (attributes.subject === about) return undefined;
  return refuse('invalid-envelope', `subject is "${attributes.subject}", but the payload is about "${about}".`);
}

/** Room for the headers of the batch, in bytes. */
const BATCH_HEADERS_BYTES = 512;

function forward(
  { messageBytesMax }: DownTopic,
  message: KafkaMessage,
  { subject }: DownRoute,
  attributes: Readonly<Record<string, string>>,
  { data }: { readonly data: unknown },
): Forward | DownRefused {
  const payload = new TextEncoder().encode(JSON.stringify(data));
  // A header's encoding leaves more characters as they are than this one does.
  const headerBytes = Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + name.length + encodeURIComponent(value).length,
    0,
  );
  const bytes = payload.length + headerBytes + BATCH_HEADERS_BYTES;
  if (bytes > messageBytesMax) {
    return refuse(
      'too-large',
      `As JSON the event has about ${bytes} bytes; the hub takes ${messageBytesMax}. Raise max_payload in the configuration of nats-server.`,
    );
  }
  const place = { 'dealeriq-offset': [originOf(message)] };
  return {
    outcome: 'forward',
    bytes,
    message: { subject, payload, headers: (ofBatch) => attributeHeaders(attributes, { ...place, ...ofBatch }) },
  };
}

function deadLetterOf(message: KafkaMessage, refused: DownRefused, nowMs: number): DeadLetter {
  const { attributes } = readRecordHeaders(message.headers);
  const origin = originOf(message);
  return {
    id: origin,
    direction: 'down',
    key: keyOf(message) ?? message.topic,
    origin,
    bytes: message.value ?? null,
    headers: Object.fromEntries(message.headers.map(({ name, value }) => [name, headerText(value)])),
    attributes,
    contentType: attributes.datacontenttype,
    reasonCode: refused.reasonCode,
    reason: refused.reason,
    violations: refused.violations,
    receivedAt: new Date(message.timestampMs).toISOString(),
    detectedAt: new Date(nowMs).toISOString(),
  };
}

/** Names a record: `<topic>/<partition>/<offset>`. */
function originOf({ topic, partition, offset }: KafkaMessage): string {
  return `${topic}/${partition}/${offset}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function keyOf({ key }: KafkaMessage): string | undefined {
  return key === undefined ? undefined : Buffer.from(key).toString('utf8');
}

function lastText(headers: readonly KafkaHeader[], name: string): string | undefined {
  const header = headers.findLast((one) => one.name === name);
  return header === undefined ? undefined : headerText(header.value);
}

/** A header as text; what is not UTF-8 as a data URL (RFC 2397), so that nothing of it is lost. */
function headerText(value: Uint8Array): string {
  try {
    return utf8.decode(value);
  } catch {
    return `data:;base64,${Buffer.from(value).toString('base64')}`;
  }
}
