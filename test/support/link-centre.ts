import { setTimeout } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { Lane } from '../../src/core/event.ts';
import { readAttributes } from '../../sync/jetstream/cloud-event-headers.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { DOWN, UP } from '../../sync/jetstream/streams.ts';
import { lastOf } from '../../sync/jetstream/up-hub.ts';
import { price } from './facts.ts';
import type { StoredEvent } from './link-oracle.ts';

/** Something that the centre sends down. */
export interface DownItem {
  readonly index: number;
  /** A dealer, or `all`. */
  readonly to: string;
  readonly bytes: Uint8Array;
  /** Its bytes are no event. */
  readonly poison: boolean;
}

/** The centre: sends prices down without end and exactly once, also after the hub has lost some, and reads what is up. */
export interface Centre {
  readonly items: readonly DownItem[];
  /** Sends so many more as fast as it can. */
  burst(count: number): void;
  /** Sends what is left and stops. */
  finish(): Promise<void>;
  /** Runs work on a connection of an administrator. */
  admin<T>(work: (nc: NatsConnection) => Promise<T>): Promise<T>;
  /** What the hub has of one dealer. */
  stored(dealerId: string): Promise<StoredEvent[]>;
}

export const CENTRE_SOURCE = 'urn:dealeriq:centre:faults';

const PACE_MS = 12;

export function startCentre(url: string, dealerIds: readonly string[], random: () => number): Centre {
  const items: DownItem[] = [];
  let finishing = false;
  let extra = 0;

  const admin: Centre['admin'] = async (work) => {
    const nc = await connect({ servers: url, reconnect: false, timeout: 2_000 });
    try {
      return await work(nc);
    } finally {
      await nc.close();
    }
  };
  const nextItem = (): DownItem => {
    const index = items.length;
    const targets = [...dealerIds, 'all'];
    const poison = random() < 0.01;
    const bytes = poison
      ? Uint8Array.from({ length: 40 + Math.floor(random() * 40) }, () => Math.floor(random() * 256))
      : new TextEncoder().encode(
          JSON.stringify(
            price(`SKU-${Math.floor(random() * 40)}`, index + 1, { version: index + 1, reason: 'für „alle“' }),
          ),
        );
    return { index, to: targets[Math.floor(random() * targets.length)] ?? 'all', bytes, poison };
  };
  /** Where to go on: after the last one that the stream has. */
  const sendFromLast = async (nc: NatsConnection) => {
    const last = await lastOf(nc, DOWN, 'dealeriq.down.>');
    let next = last === undefined ? 0 : Number(last.headers?.get('x-index')) + 1;
    let after = last === undefined ? 0 : Number(last.headers?.get('Nats-Sequence'));
    if (last === undefined) after = (await (await jetstreamManager(nc)).streams.info(DOWN)).state.last_seq;
    for (;;) {
      if (next === items.length) {
        if (finishing) return;
        if (extra > 0) extra -= 1;
        else await setTimeout(PACE_MS);
        items.push(nextItem());
      }
      const item = items[next];
      if (item === undefined) throw new Error(`No item ${next}.`);
      after = await send(nc, item, after);
      next += 1;
    }
  };
  const work = (async () => {
    for (;;) {
      try {
        await admin(sendFromLast);
        return;
      } catch {
        // The hub is down, or lost its tail: again from what it has then.
        await setTimeout(50);
      }
    }
  })();
  return {
    items,
    burst(count) {
      extra += count;
    },
    async finish() {
      finishing = true;
      await work;
    },
    admin,
    stored: (dealerId) => admin((nc) => readUp(nc, dealerId)),
  };
}

async function send(nc: NatsConnection, item: DownItem, after: number): Promise<number> {
  const out = headers();
  out.set('ce-specversion', '1.0');
  out.set('ce-id', `down-${item.index}`);
  out.set('ce-source', CENTRE_SOURCE);
  out.set('ce-type', 'price.changed');
  out.set('content-type', 'application/json');
  out.set('x-index', String(item.index));
  out.set('Nats-Expected-Last-Sequence', String(after));
  const subject = `dealeriq.down.${item.to}.price.changed`;
  const answer = (await nc.request(subject, item.bytes, { headers: out, timeout: 2_000 })).json<{
    seq?: number;
    error?: { description: string };
  }>();
  if (answer.error !== undefined || answer.seq === undefined) throw new Error(answer.error?.description ?? 'no place');
  return answer.seq;
}

async function readUp(nc: NatsConnection, dealerId: string): Promise<StoredEvent[]> {
  const consumer = await jetstream(nc).consumers.get(UP, { filter_subjects: `dealeriq.up.${dealerId}.>` });
  const stored: StoredEvent[] = [];
  let left = (await consumer.info()).num_pending;
  while (left > 0) {
    for await (const message of await consumer.fetch({ max_messages: Math.min(left, 200), expires: 10_000 })) {
      const { attributes } = readAttributes(message.headers);
      stored.push({
        deviceId: String(attributes.deviceid),
        lane: message.subject.split('.')[3] as Lane,
        epoch: Number(attributes.epoch),
        sequence: Number(attributes.sequence),
        id: String(attributes.id),
        dataText: message.string(),
      });
      left -= 1;
    }
  }
  return stored;
}

/** Makes the streams what the link needs, with a dedupe window that any outage outlasts. */
export async function prepareHub(nc: NatsConnection, dealerIds: readonly string[]): Promise<void> {
  await provision(nc, dealerIds);
  const jsm = await jetstreamManager(nc);
  for (const name of [UP, DOWN]) {
    const { config } = await jsm.streams.info(name);
    await jsm.streams.update(name, { ...config, duplicate_window: 2_000_000_000 });
  }
}
