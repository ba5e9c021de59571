import type { NatsConnection } from '@nats-io/nats-core';
import { EdgeError } from '../../../src/core/errors.ts';
import { natsDownSubject } from '../../../src/events/names.ts';
import { HubConflict } from '../../core/hub.ts';
import { type BatchMessage, DUPLICATE_IN_BATCH, placeOf, sendAtomicBatch } from '../../jetstream/atomic-batch.ts';
import { attributeHeaders } from '../../jetstream/cloud-event-headers.ts';
import { DOWN } from '../../jetstream/streams.ts';
import { lastOf } from '../../jetstream/up-hub.ts';
import type { PayloadCodec } from '../registry/payload-codec.ts';
import type { Stretch } from './bounded-read.ts';
import { payloadOf, placeText, type ReplayTarget } from './replay-target.ts';
import { REPLAY_ATTRIBUTE, REPLAY_HEADERS, type Selected } from './selection.ts';

export interface DealerTargetOptions {
  readonly dealerId: string;
  readonly replayId: string;
  readonly prefix: string;
  readonly codec: PayloadCodec;
}

/** The source of an event that the dealer itself made: to its box it is history that the centre kept. */
const REPLAY_SOURCE = 'urn:dealeriq:centre:replay';

/** Room for the headers of an event, in bytes. */
const HEADERS_BYTES = 8_192;

/** Where the replayed events of one partition of a topic lie: below the dealer's own down subjects. */
function subjectOf(dealerId: string, replayId: string, partition: number, type: string): string {
  return natsDownSubject(dealerId, `replay.${replayId}.${partition}.${type}`);
}

/**
 * Sends events down to one dealer with the ids that they have, so that its inbox drops what the box has. They go under
 * subjects of this replay: its last message of each partition tells a second run with the same id where to go on, and
 * the guard on them keeps two runs from writing at the same time. Each batch is stored whole or not at all.
 */
export function dealerTarget(nc: NatsConnection, options: DealerTargetOptions): ReplayTarget {
  const { dealerId, replayId, prefix } = options;
  const filter = natsDownSubject(dealerId, `replay.${replayId}.>`);
  const bytesMax = (nc.info?.max_payload ?? 1_048_576) - HEADERS_BYTES;
  let lastSequence: number | undefined;

  const messageOf = async (event: Selected, withId: boolean): Promise<BatchMessage> => {
    const payload = JSON.stringify(await payloadOf(event, options.codec));
    if (Buffer.byteLength(payload) > bytesMax) {
      throw new EdgeError(
        'payload-too-large',
        `${placeText(event)} (${event.type}) has ${Buffer.byteLength(payload)} bytes as JSON; the hub takes ${bytesMax}. Raise max_payload of nats-server, or leave the type out.`,
      );
    }
    return {
      subject: subjectOf(dealerId, replayId, event.message.partition, event.type),
      payload,
      headers: (ofBatch) =>
        attributeHeaders(replayedAttributes(event, replayId), {
          [REPLAY_HEADERS.mark]: ['true'],
          [REPLAY_HEADERS.from]: [placeText(event)],
          ...(withId ? { 'Nats-Msg-Id': [`${replayId}/${placeText(event)}`] } : {}),
          ...ofBatch,
        }),
    };
  };
  const send = async (events: readonly Selected[], withIds: boolean) => {
    const messages: BatchMessage[] = [];
    for (const event of events) messages.push(await messageOf(event, withIds));
    return sendAtomicBatch(nc, { filter, lastSequence: lastSequence ?? 0 }, messages);
  };

  return {
    batchMax: 500,
    async resume(stretches) {
      lastSequence = Number((await lastOf(nc, DOWN, filter))?.headers?.get('Nats-Sequence') ?? 0);
      const left: Stretch[] = [];
      for (const one of stretches) {
        const type = one.topic.slice(prefix.length + 1);
        const last = await lastOf(nc, DOWN, subjectOf(dealerId, replayId, one.partition, type));
        const after = BigInt(/\d+$/.exec(last?.headers?.get(REPLAY_HEADERS.from) ?? '')?.[0] ?? -1) + 1n;
        left.push({ ...one, from: after > one.from ? after : one.from });
      }
      return left;
    },
    async write(events) {
      try {
        const answer = await send(events, true);
        // The hub remembers ids of messages that it lost; the guard alone is enough.
        const isRemembered = answer.error?.err_code === DUPLICATE_IN_BATCH;
        lastSequence = placeOf(isRemembered ? await send(events, false) : answer);
      } catch (error) {
        if (!(error instanceof HubConflict)) throw error;
        throw new EdgeError(
          'conflict',
          `Another run of replay ${replayId} writes to ${dealerId}. Let one end, and run this again with --id ${replayId} if it did not finish.`,
          { cause: error },
        );
      }
    },
    finish: () => Promise.resolve(),
    close: () => nc.close(),
  };
}

/** The attributes for the box: its gate takes what a dealer made only from the dealer, and as history from the centre. */
function replayedAttributes({ attributes, type }: Selected, replayId: string): Record<string, string> {
  const { source = '', ...rest } = attributes;
  const isOwn = source.startsWith('urn:dealeriq:dealer:');
  return {
    ...rest,
    type,
    source: isOwn ? REPLAY_SOURCE : source,
    ...(isOwn ? { replaysource: source } : {}),
    [REPLAY_ATTRIBUTE]: replayId,
  };
}
