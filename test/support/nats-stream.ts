import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { LANES, type Lane } from '../../src/core/event.ts';
import { laneStatus } from '../../src/runtime/link.ts';
import { laneFilter, UP } from '../../sync/jetstream/streams.ts';
import { type Site, until } from './nats-site.ts';

export interface StoredEvent {
  readonly id: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly deviceId: string;
}

/** What the hub's stream holds of one dealer and lane, in the stream's order. */
export async function storedEvents(admin: NatsConnection, dealerId: string, lane: Lane): Promise<StoredEvent[]> {
  const jsm = await jetstreamManager(admin);
  const { name } = await jsm.consumers.add(UP, {
    filter_subject: laneFilter(dealerId, lane),
    ack_policy: AckPolicy.None,
    inactive_threshold: 5_000_000_000,
  });
  const consumer = await jetstream(admin).consumers.get(UP, name);
  const found: StoredEvent[] = [];
  let { num_pending: left } = await consumer.info();
  while (left > 0) {
    const messages = await consumer.fetch({ max_messages: Math.min(left, 1_000), expires: 5_000 });
    for await (const message of messages) {
      const of = (header: string) => message.headers?.get(header) ?? '';
      found.push({
        id: of('ce-id'),
        epoch: Number(of('ce-epoch')),
        sequence: Number(of('ce-sequence')),
        deviceId: of('ce-deviceid'),
      });
      left -= 1;
    }
  }
  await jsm.consumers.delete(UP, name);
  return found;
}

/** How a lane in the stream differs from the log: nothing lost, repeated or out of order gives an empty list. */
export async function differencesOf(admin: NatsConnection, site: Site, lane: Lane): Promise<string[]> {
  const logged = await site.logged(lane);
  const stored = await storedEvents(admin, site.runtime.identity.dealerId, lane);
  const problems: string[] = [];
  if (logged.length !== stored.length)
    problems.push(`the log has ${logged.length} events, the stream ${stored.length}`);
  for (const [index, event] of stored.entries()) {
    if (event.sequence !== index + 1) problems.push(`place ${index + 1} of the stream has sequence ${event.sequence}`);
    if (event.id !== logged[index]) problems.push(`place ${index + 1} of the stream is another event than in the log`);
  }
  return problems.slice(0, 10);
}

/** Waits until the hub has acknowledged everything that the site has logged. */
export async function drained(site: Site, timeoutMs = 30_000): Promise<void> {
  try {
    await until(
      'everything is acknowledged',
      async () => {
        const lanes = await Promise.all(LANES.map((lane) => laneStatus(site.runtime, lane)));
        return lanes.every(({ pending }) => pending === 0);
      },
      timeoutMs,
    );
  } catch (error) {
    throw new Error(`${error}\n${site.link.state().detail}\n${site.errors.slice(-3).join('\n')}`);
  }
}
