import { type Consumer, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Delivery, DownHub } from '../core/hub.ts';
import { readAttributes } from './cloud-event-headers.ts';
import { readSnapshot } from './snapshot.ts';
import { DOWN, downConsumer, STREAM_CREATED } from './streams.ts';

/** Deliveries that are applied with one commit at the most. */
const GROUP_MAX = 500;

/** How long one pull waits for something to come, in milliseconds. */
const PULL_MS = 5_000;

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** The downlink's side of JetStream: the dealer's durable consumer, which is always set to where this box is. */
export function jetStreamDownHub(nc: NatsConnection, dealerId: string): DownHub {
  const name = downConsumer(dealerId);
  let last: JsMsg | undefined;
  return {
    stream: () => streamName(nc, name),
    async storedMs(sequence) {
      if ((await resetConsumer(nc, name, sequence)) === 0) return undefined;
      const consumer = await jetstream(nc).consumers.get(DOWN, name);
      const message = await consumer.next({ expires: PULL_MS });
      return message?.seq === sequence ? storedMsOf(message) : undefined;
    },
    async *deliveries(after, signal) {
      await resetConsumer(nc, name, after + 1);
      const stream = await streamName(nc, name);
      const consumer = await jetstream(nc).consumers.get(DOWN, name);
      while (!signal.aborted) {
        const group = await pull(consumer, signal);
        last = group.at(-1) ?? last;
        if (group.length > 0) yield group.map((message) => deliveryOf(message, stream));
      }
    },
    async acknowledge(sequence) {
      // The client would wait for its timeout.
      if (nc.isClosed()) throw new Error('The connection to the hub is closed.');
      // One acknowledgement covers everything before it (AckPolicy.All).
      if (last?.seq === sequence) await last.ackAck();
    },
    snapshot: () => readSnapshot(nc, dealerId),
  };
}

/** Waits for one message, then takes what else is there. */
async function pull(consumer: Consumer, signal: AbortSignal): Promise<JsMsg[]> {
  const group: JsMsg[] = [];
  const first = await consumer.next({ expires: PULL_MS });
  if (first === null || signal.aborted) return group;
  group.push(first);
  if (first.info.pending === 0) return group;
  const messages = await consumer.fetch({ max_messages: Math.min(GROUP_MAX - 1, first.info.pending), expires: 1_000 });
  for await (const message of messages) group.push(message);
  return group;
}

function deliveryOf(message: JsMsg, stream: string): Delivery {
  const { attributes, headers } = readAttributes(message.headers);
  return {
    stream,
    sequence: message.seq,
    deliverySequence: message.info.deliverySequence,
    storedMs: storedMsOf(message),
    pending: message.info.pending,
    attributes,
    headers,
    contentType: message.headers?.get('content-type') || 'application/json',
    bytes: message.data,
  };
}

function storedMsOf(message: JsMsg): number {
  return Math.floor(message.info.timestampNanos / 1e6);
}

/** Lets the consumer go on at a place: what this box has applied decides, not what was acknowledged. Returns how much waits. */
async function resetConsumer(nc: NatsConnection, name: string, sequence: number): Promise<number> {
  const answer = (
    await nc.request(`$JS.API.CONSUMER.RESET.${DOWN}.${name}`, JSON.stringify({ seq: sequence }), {
      timeout: ANSWER_MS,
    })
  ).json<{ error?: { description: string }; num_pending?: number }>();
  if (answer.error !== undefined) {
    throw new Error(
      `The hub cannot set consumer ${name} to ${sequence}: ${answer.error.description}. Run \`dealeriq topics apply\` at the centre.`,
    );
  }
  return answer.num_pending ?? 0;
}

/**
 * The stream and when it was made, as provisioning noted on the consumer: a dealer may not ask about the stream
 * itself, because the answer would name the subjects of others.
 */
async function streamName(nc: NatsConnection, name: string): Promise<string> {
  const answer = (await nc.request(`$JS.API.CONSUMER.INFO.${DOWN}.${name}`, undefined, { timeout: ANSWER_MS })).json<{
    config?: { metadata?: Record<string, string> };
    error?: { description: string };
  }>();
  const created = answer.config?.metadata?.[STREAM_CREATED];
  if (created === undefined) {
    throw new Error(
      `The hub has no consumer ${name} (${answer.error?.description ?? 'its metadata is missing'}). Run \`dealeriq topics apply\` at the centre.`,
    );
  }
  return `${DOWN}@${created}`;
}
