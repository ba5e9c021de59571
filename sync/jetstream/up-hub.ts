import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import type { Lane } from '../../src/core/event.ts';
import { natsReceiptSubject, natsUpSubject } from '../../src/events/names.ts';
import { EventTooLarge, type Stored, type UpHub } from '../core/hub.ts';
import type { OutboxEvent, Place } from '../core/outbox.ts';
import { DUPLICATE_IN_BATCH, placeOf, sendAtomicBatch } from './atomic-batch.ts';
import { eventHeaders, messageId, readAttributes } from './cloud-event-headers.ts';
import { laneFilter, RECEIPTS, UP } from './streams.ts';

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/**
 * The uplink's side of JetStream. It asks only by subject (`$JS.API.DIRECT.GET.<stream>.<subject>`), so that an
 * allow-list can keep a dealer to its own.
 */
export function jetStreamUpHub(nc: NatsConnection, dealerId: string, deviceId: string): UpHub {
  return {
    async lastStored(lane) {
      const message = await lastOf(nc, UP, laneFilter(dealerId, lane));
      return message === undefined ? undefined : storedOf(message);
    },
    async append(lane, afterHubSequence, events) {
      const answer = await publishBatch(lane, afterHubSequence, events, true);
      if (answer.error?.err_code !== DUPLICATE_IN_BATCH) return placeOf(answer);
      // The hub lost these events but still remembers their ids; the guard alone is enough.
      return placeOf(await publishBatch(lane, afterHubSequence, events, false));
    },
    async receipt(lane) {
      const message = await lastOf(nc, RECEIPTS, natsReceiptSubject(dealerId));
      return message === undefined ? undefined : receiptOf(message, deviceId, lane);
    },
  };

  async function publishBatch(lane: Lane, after: number, events: readonly OutboxEvent[], withIds: boolean) {
    refuseTooLarge(nc, events);
    return sendAtomicBatch(
      nc,
      { filter: laneFilter(dealerId, lane), lastSequence: after },
      events.map((event) => ({
        subject: natsUpSubject(dealerId, lane, event.type),
        payload: event.dataText,
        headers: (ofBatch) =>
          eventHeaders(deviceId, event, {
            ...ofBatch,
            ...(withIds ? { 'Nats-Msg-Id': [messageId(deviceId, event)] } : {}),
          }),
      })),
    );
  }
}

/** Room for the headers of an event, in bytes. */
const HEADERS_BYTES = 4_096;

function refuseTooLarge(nc: NatsConnection, events: readonly OutboxEvent[]): void {
  const bytesMax = (nc.info?.max_payload ?? 1_048_576) - HEADERS_BYTES;
  for (const event of events) {
    // No character takes more than three bytes for each of its UTF-16 units.
    if (event.dataText.length * 3 <= bytesMax) continue;
    const bytes = new TextEncoder().encode(event.dataText).length;
    if (bytes <= bytesMax) continue;
    throw new EventTooLarge(
      `Event ${event.id} (${event.type}) has ${bytes} bytes; the hub takes ${bytesMax}. Raise max_payload in the configuration of nats-server.`,
    );
  }
}

/** The last message under a subject (which may be a filter), or `undefined`. */
export async function lastOf(nc: NatsConnection, stream: string, subject: string): Promise<Msg | undefined> {
  const message = await nc.request(`$JS.API.DIRECT.GET.${stream}.${subject}`, undefined, { timeout: ANSWER_MS });
  const code = message.headers?.code ?? 0;
  if (code === 404) return undefined;
  if (code >= 400) throw new Error(`The hub answered ${code} ${message.headers?.description} for ${subject}.`);
  return message;
}

function storedOf(message: Msg): Stored {
  const of = (name: string) => message.headers?.get(name) ?? '';
  return {
    deviceId: of('ce-deviceid'),
    epoch: Number(of('ce-epoch')),
    sequence: Number(of('ce-sequence')),
    eventId: String(readAttributes(message.headers).attributes.id ?? ''),
    hubSequence: Number(of('Nats-Sequence')),
  };
}

/** What the bridge says: `{device, lanes: {live: {epoch, sequence}, bulk: …}}`. */
export interface Receipt {
  readonly device: string;
  readonly lanes: Partial<Record<Lane, Place>>;
}

function receiptOf(message: Msg, deviceId: string, lane: Lane): Place | undefined {
  const receipt = message.json<Receipt>();
  return receipt.device === deviceId ? receipt.lanes[lane] : undefined;
}

/** Tells a dealer how far the centre has its events: what the bridge does after each commit. */
export async function publishReceipt(nc: NatsConnection, dealerId: string, receipt: Receipt): Promise<void> {
  await nc.request(natsReceiptSubject(dealerId), JSON.stringify(receipt), { headers: headers(), timeout: ANSWER_MS });
}
