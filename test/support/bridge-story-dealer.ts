import type { NatsConnection } from '@nats-io/nats-core';
import type { Lane } from '../../src/core/event.ts';
import { BEGINNING, comparePlaces, type Place } from '../../sync/core/outbox.ts';
import { sendAtomicBatch } from '../../sync/jetstream/atomic-batch.ts';
import { laneFilter } from '../../sync/jetstream/streams.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import { type Made, makeEvent } from './bridge-events.ts';
import type { DealerFacts } from './bridge-oracle.ts';
import { seededRandom } from './seeded-random.ts';

/** A dealer that sends when a story says so. */
export interface StoryDealer extends DealerFacts {
  last(lane: Lane): Place;
  send(nc: NatsConnection, lane: Lane, count: number): Promise<void>;
  /** Reads the receipt. */
  hear(nc: NatsConnection, lane: Lane): Promise<void>;
}

const DEVICE = 'B1';

export function storyDealer(dealerId: string, seed: number): StoryDealer {
  const random = seededRandom(seed);
  const made: Made[] = [];
  const sequences = { live: 0, bulk: 0 };
  const receipts: Record<Lane, Place> = { live: BEGINNING, bulk: BEGINNING };
  return {
    dealerId,
    deviceId: DEVICE,
    made,
    keptUpTo: new Map(),
    problems: [],
    receipt: (lane) => receipts[lane],
    last: (lane) => ({ epoch: 1, sequence: sequences[lane] }),
    async send(nc, lane, count) {
      const events = Array.from({ length: count }, () => {
        sequences[lane] += 1;
        const place = { epoch: 1, sequence: sequences[lane] };
        // Every seventh is poison, so that no story is without.
        const poisonShare = sequences[lane] % 7 === 0 ? 1 : 0;
        return makeEvent({ dealerId, deviceId: DEVICE, lane, ...place, poisonShare }, random);
      });
      made.push(...events.map((event) => event.made));
      const stored = await jetStreamUpHub(nc, dealerId, DEVICE).lastStored(lane);
      const answer = await sendAtomicBatch(
        nc,
        { filter: laneFilter(dealerId, lane), lastSequence: stored?.hubSequence ?? 0 },
        events.map(({ subject, payload, headers }) => ({
          subject,
          payload,
          headers: (ofBatch) => headers(ofBatch, false),
        })),
      );
      if (answer.error !== undefined) throw new Error(answer.error.description);
    },
    async hear(nc, lane) {
      const receipt = await jetStreamUpHub(nc, dealerId, DEVICE).receipt(lane);
      if (receipt !== undefined && comparePlaces(receipt, receipts[lane]) > 0) {
        receipts[lane] = receipt;
      }
    },
  };
}
