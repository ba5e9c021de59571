import { kafkaTopic } from '../../src/events/names.ts';
import { recordHeaders } from './cloud-event-records.ts';
import { contentTypeOf, type DeadLetter, deadLetterRecords } from './dead-letter-record.ts';
import type { KafkaRecord } from './kafka.ts';
import { judgeUp, type UpPassed, type UpVerdict } from './registry/contract.ts';
import { type PayloadCodec, UNKNOWN_MEMBERS_HEADER } from './registry/payload-codec.ts';
import { type Admitted, nameOf, type UpGate } from './up-group.ts';
import { dealerOfSubject, type UpMessage } from './up-source.ts';

export interface UpGateOptions {
  readonly codec: PayloadCodec;
  readonly prefix: string;
  readonly nowMs: () => number;
}

/** The gate of the way up: an event that keeps its contract goes into its topic, any other into the dead letters. */
export function createUpGate(options: UpGateOptions): UpGate {
  return {
    admit(message) {
      const dealerId = dealerOfSubject(message.subject);
      const verdict = judgeUp({ ...message, dealerId }, options.codec);
      return verdict instanceof Promise
        ? verdict.then((late) => admitted(message, dealerId, late, options))
        : admitted(message, dealerId, verdict, options);
    },
  };
}

function admitted(message: UpMessage, dealerId: string, verdict: UpVerdict, options: UpGateOptions): Admitted {
  if (verdict.ok) return { records: [eventRecord(message, dealerId, verdict, options)], deadLetter: false };
  return { records: deadLetterRecords(deadLetterOf(message, dealerId, verdict, options), options), deadLetter: true };
}

/** The event in its topic: attributes that the bridge does not know go along. */
function eventRecord(
  { attributes }: UpMessage,
  dealerId: string,
  { event, value, unknownMembers }: UpPassed,
  { codec, prefix }: UpGateOptions,
): KafkaRecord {
  const headers = recordHeaders({ ...attributes, ...event, version: undefined, datacontenttype: contentTypeOf(codec) });
  if (unknownMembers !== undefined) headers[UNKNOWN_MEMBERS_HEADER] = unknownMembers;
  return { topic: kafkaTopic(event.type, prefix), key: dealerId, value, headers };
}

function deadLetterOf(
  message: UpMessage,
  dealerId: string,
  { reasonCode, reason, violations }: Exclude<UpVerdict, UpPassed>,
  { nowMs }: UpGateOptions,
): DeadLetter {
  return {
    id: nameOf(message),
    direction: 'up',
    key: dealerId,
    origin: message.subject,
    bytes: message.bytes,
    headers: message.headers,
    attributes: message.attributes,
    contentType: message.headers['content-type'],
    reasonCode,
    reason,
    violations,
    receivedAt: new Date(message.storedMs).toISOString(),
    detectedAt: new Date(nowMs()).toISOString(),
  };
}
