import { EdgeError } from '../../../src/core/errors.ts';
import { schemaUrn } from '../../../src/core/event.ts';
import { limits } from '../../../src/core/limits.ts';
import { definitionOf } from '../../../src/events/catalog.ts';
import { validatePayload } from '../../../src/events/validate.ts';
import type { EncodedPayload, PayloadCodec } from './payload-codec.ts';
import { readEnvelope, refuse, type UpArrival, type UpEvent, type UpRefused } from './up-envelope.ts';

/** It may go into its topic. */
export interface UpPassed extends EncodedPayload {
  readonly ok: true;
  readonly event: UpEvent;
}

export type UpVerdict = UpPassed | UpRefused;

/** Half a surrogate pair as JSON escapes it; UTF-8, in which values are written, has no such character. */
const HALF_PAIR = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The bridge's contract gate: whether a message is an event of that dealer, in its lane, of its type, with a payload
 * that fits; and if so, the record's value. It answers at once, except for a version that is newer than the
 * catalogue: then it asks the registry for that version's schema first.
 * @throws {EdgeError} `registry-unavailable` (or rejects with it) when the verdict has to wait for the registry.
 * Nothing is wrong with the message then; ask again later.
 */
export function judgeUp(arrival: UpArrival, codec: PayloadCodec): UpVerdict | Promise<UpVerdict> {
  const event = readEnvelope(arrival);
  if ('ok' in event) return event;
  const payload = readPayload(arrival.bytes);
  if ('ok' in payload) return payload;
  const { type, version } = event;
  const validation = validatePayload(type, version, payload.data);
  switch (validation.outcome) {
    case 'ok': {
      const about = definitionOf(type)?.subject(validation.data);
      if (about !== event.subject) {
        return refuse('invalid-envelope', `subject is "${event.subject}", but the payload is about "${about}".`);
      }
      const current = { version: validation.version, dataschema: schemaUrn(type, validation.version) };
      return encode(validation.upcast ? { ...event, ...current } : event, validation.data, codec);
    }
    case 'newer':
      return codec.knows(type, version) ? encode(event, payload.data, codec) : judgeNewer(event, payload.data, codec);
    case 'invalid':
      return refuse('invalid-payload', `The payload does not fit ${type} version ${version}.`, validation.violations);
    case 'unknown-type':
      return refuse('unknown-type', `The catalogue has no event type "${type}".`);
  }
}

async function judgeNewer(event: UpEvent, data: unknown, codec: PayloadCodec): Promise<UpVerdict> {
  const { type, version } = event;
  if (await codec.learn(type, version)) return encode(event, data, codec);
  return refuse(
    'unknown-version',
    `Neither the bridge's catalogue nor the registry has version ${version} of ${type}.`,
  );
}

function encode(event: UpEvent, data: unknown, codec: PayloadCodec): UpVerdict {
  const named = (data as { readonly dealerId?: unknown } | null)?.dealerId;
  if (named !== undefined && named !== event.dealerid) {
    return refuse('not-permitted', `The payload names another dealer than ${event.dealerid}, which sent it.`, [
      { pointer: '/dealerId', code: 'foreign-dealer', detail: `has to be ${event.dealerid}` },
    ]);
  }
  try {
    return { ok: true, event, ...codec.encode(event.type, event.version, data) };
  } catch (error) {
    if (!(error instanceof EdgeError) || error.code !== 'contract-violation') throw error;
    return refuse('invalid-payload', error.detail, error.violations);
  }
}

function readPayload(bytes: Uint8Array): { readonly data: unknown } | UpRefused {
  if (bytes.length > limits.bodyBytes) {
    return refuse('too-large', `The body has ${bytes.length} bytes; ${limits.bodyBytes} are allowed.`);
  }
  let text: string;
  let data: unknown;
  try {
    text = utf8.decode(bytes);
    data = JSON.parse(text);
  } catch {
    return refuse('not-json', 'The body is not JSON in UTF-8.');
  }
  // Only an escape can bring half a pair in, and hardly any text has one.
  if (text.includes('\\u') && HALF_PAIR.test(JSON.stringify(data))) {
    return refuse('invalid-payload', 'A text has half a surrogate pair, which is not a character.');
  }
  return { data };
}
