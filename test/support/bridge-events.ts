import { createHash } from 'node:crypto';
import type { MsgHdrs } from '@nats-io/nats-core';
import type { Lane } from '../../src/core/event.ts';
import { definitionOf } from '../../src/events/catalog.ts';
import { natsUpSubject } from '../../src/events/names.ts';
import type { OutboxEvent, Place } from '../../sync/core/outbox.ts';
import { eventHeaders } from '../../sync/jetstream/cloud-event-headers.ts';

/** An event as a dealer keeps it until the centre has it. */
export interface UpEvent extends Place {
  readonly lane: Lane;
  readonly id: string;
  readonly subject: string;
  readonly payload: Uint8Array;
  headers(ofBatch: Readonly<Record<string, string[]>>, withId: boolean): MsgHdrs;
  readonly made: Made;
}

/** What the oracle knows of an event: the truth, of which Kafka has to have exactly one copy. */
export interface Made extends Place {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly lane: Lane;
  readonly id: string;
  readonly type: string;
  /** Why it has to be a dead letter; `undefined` for a sound one. */
  readonly poison: PoisonKind | undefined;
  /** SHA-256 of the bytes of a poison, or of the canonical JSON of a sound payload. */
  readonly digest: string;
}

export const POISON_KINDS = [
  'random bytes',
  'broken JSON',
  'foreign dealer in a header',
  'foreign dealer in the payload',
  'unknown type',
  'bad attribute',
  'incompatible payload',
] as const;
export type PoisonKind = (typeof POISON_KINDS)[number];

/** Types of both lanes, and the member of the payload that names each event. */
const TYPES: Readonly<Record<Lane, readonly (readonly [type: string, unique: string])[]>> = {
  live: [
    ['order.placed', 'orderId'],
    ['order.placed', 'orderId'],
    ['ticket.created', 'ticketId'],
    ['feedback.submitted', 'feedbackId'],
  ],
  bulk: [
    ['metric.anomaly.detected', 'anomalyId'],
    ['recommender.output', 'recommendationId'],
    ['data.pipeline.started', 'runId'],
  ],
};

export interface MakeOptions extends Place {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly lane: Lane;
  /** One of so many is poison. */
  readonly poisonShare: number;
}

const encoder = new TextEncoder();

/** Makes the event of a place: the seed decides what it is. */
export function makeEvent(options: MakeOptions, random: () => number): UpEvent {
  const { dealerId, deviceId, lane, epoch, sequence } = options;
  const types = TYPES[lane];
  const [catalogued, unique] = types[Math.floor(random() * types.length)] as readonly [string, string];
  const poison = random() < options.poisonShare ? POISON_KINDS[Math.floor(random() * POISON_KINDS.length)] : undefined;
  const definition = definitionOf(catalogued);
  if (definition === undefined) throw new Error(`The catalogue lacks ${catalogued}.`);
  const id = `${dealerId}-${deviceId}-${epoch}-${lane}-${sequence}`;
  const example = definition.example as Record<string, unknown>;
  const data: Record<string, unknown> = {
    ...example,
    ...(example.dealerId === undefined ? {} : { dealerId }),
    [unique]: `${unique}-${dealerId}-${epoch}-${sequence}`,
  };
  const type = poison === 'unknown type' ? 'order.teleported' : catalogued;
  const event: OutboxEvent = {
    lane,
    epoch,
    sequence,
    id,
    type,
    version: definition.version,
    source: `urn:dealeriq:dealer:${dealerId}:${deviceId}`,
    subject: definition.subject(data as never),
    time: '2026-11-02T09:14:05.120Z',
    dealerId: poison === 'foreign dealer in a header' ? 'D999' : dealerId,
    correlationId: id,
    causationId: undefined,
    traceparent: undefined,
    dataText: '',
  };
  const payload = payloadOf(data, poison, random);
  const digest = poison === undefined ? sha256(canonical(data)) : sha256(payload);
  return {
    lane,
    epoch,
    sequence,
    id,
    subject: natsUpSubject(dealerId, lane, type),
    payload,
    headers: (ofBatch, withId) =>
      eventHeaders(deviceId, event, {
        ...ofBatch,
        ...(poison === 'bad attribute' ? { 'ce-time': ['yesterday'] } : {}),
        ...(withId ? { 'Nats-Msg-Id': [`${deviceId}/${epoch}/${lane}/${sequence}`] } : {}),
      }),
    made: { dealerId, deviceId, lane, epoch, sequence, id, type, poison, digest },
  };
}

function payloadOf(
  data: Readonly<Record<string, unknown>>,
  poison: PoisonKind | undefined,
  random: () => number,
): Uint8Array {
  const text = JSON.stringify(data);
  switch (poison) {
    case 'random bytes':
      return Uint8Array.from({ length: 40 + Math.floor(random() * 80) }, () => Math.floor(random() * 256));
    case 'broken JSON':
      return encoder.encode(text.slice(0, Math.floor(text.length / 2)));
    case 'foreign dealer in the payload':
      // Types without a dealer in the payload get one that they may not have.
      return encoder.encode(JSON.stringify({ ...data, dealerId: 'D999' }));
    case 'incompatible payload':
      return encoder.encode(JSON.stringify({ nothing: data.orderId ?? 1, of: ['this', 'kind'] }));
    default:
      return encoder.encode(text);
  }
}

/** JSON with sorted members, so that equal payloads are equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

export function sha256(of: string | Uint8Array): string {
  return createHash('sha256').update(of).digest('hex');
}
