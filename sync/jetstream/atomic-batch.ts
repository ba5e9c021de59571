import { type Msg, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/nats-core';
import { HubConflict } from '../core/hub.ts';

/**
 * Atomic batches of JetStream (ADR-50, https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md):
 * all messages are stored, or none, and only when the last message under a filter is the expected one. The headers are
 * written here, because the client's `commit` hides the server's error.
 */

/** How long the hub may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** JetStream's error codes (nats-server/server/errors.json). */
const WRONG_LAST_SEQUENCE = 10071;
export const DUPLICATE_IN_BATCH = 10201;

/** A message of a batch. */
export interface BatchMessage {
  readonly subject: string;
  readonly payload: string | Uint8Array;
  /** Its headers together with those that make it part of the batch. */
  headers(ofBatch: Readonly<Record<string, string[]>>): MsgHdrs;
}

/** What the stream has to be like for a batch to be stored. */
export interface BatchGuard {
  /** A subject, or a filter that covers several. */
  readonly filter: string;
  /** The place of the last message under it; 0: there is none. */
  readonly lastSequence: number;
}

/** What the hub says to a batch. */
export interface BatchAnswer {
  readonly seq?: number;
  readonly error?: { readonly err_code: number; readonly description: string };
}

/**
 * Sends a batch and returns the hub's answer, whatever it is. The hub takes 1,000 messages at the most.
 * @throws when there is no answer in time: the batch may be stored or not, now or in a moment.
 */
export async function sendAtomicBatch(
  nc: NatsConnection,
  guard: BatchGuard,
  messages: readonly BatchMessage[],
): Promise<BatchAnswer> {
  const batchId = nuid.next();
  for (const [index, message] of messages.entries()) {
    const isLast = index === messages.length - 1;
    const headers = message.headers({
      'Nats-Batch-Id': [batchId],
      'Nats-Batch-Sequence': [String(index + 1)],
      ...(index === 0 ? guardHeaders(guard) : {}),
      ...(isLast ? { 'Nats-Batch-Commit': ['1'] } : {}),
    });
    if (isLast) return answerOf(await nc.request(message.subject, message.payload, { headers, timeout: ANSWER_MS }));
    nc.publish(message.subject, message.payload, { headers });
  }
  throw new Error('A batch needs at least one message.');
}

/**
 * The place of the batch's last message.
 * @throws {HubConflict} when the last message under the guard's filter is another one.
 * @throws when the hub did not store it for another reason.
 */
export function placeOf(answer: BatchAnswer): number {
  if (answer.error?.err_code === WRONG_LAST_SEQUENCE) throw new HubConflict(answer.error.description);
  if (answer.error !== undefined || answer.seq === undefined || answer.seq === 0) {
    throw new Error(`The hub did not store the batch: ${answer.error?.description ?? JSON.stringify(answer)}`);
  }
  return answer.seq;
}

function guardHeaders({ filter, lastSequence }: BatchGuard): Record<string, string[]> {
  return {
    'Nats-Expected-Last-Subject-Sequence': [String(lastSequence)],
    'Nats-Expected-Last-Subject-Sequence-Subject': [filter],
  };
}

function answerOf(message: Msg): BatchAnswer {
  return message.json<BatchAnswer>();
}
