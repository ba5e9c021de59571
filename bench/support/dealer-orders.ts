import type { NatsConnection } from '@nats-io/nats-core';
import { uuidv7 } from 'uuidv7';
import { dealerSource } from '../../src/core/event.ts';
import { orderPlaced } from '../../src/events/transactional/order.ts';
import type { UpHub } from '../../sync/core/hub.ts';
import type { OutboxEvent } from '../../sync/core/outbox.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import { PRODUCTS } from '../capture.ts';
import { DEVICE_ID } from './dealer.ts';
import { OrderRowSource } from './order-rows.ts';

/** Eight dealers: one for each shard of the bridge, as it happens to share them out. */
export const DEALERS = ['D001', 'D002', 'D003', 'D004', 'D005', 'D006', 'D007', 'D008'] as const;

/** Events in one batch of a dealer. */
const BATCH = 250;

/** A dealer that sends orders of three lines up, as its box does, in the order of its sequence. */
export class OrderSender {
  readonly #dealerId: string;
  readonly #hub: UpHub;
  readonly #rows = new OrderRowSource(0, PRODUCTS);
  #sequence = 0;
  #hubSequence = 0;

  constructor(nc: NatsConnection, dealerId: string) {
    this.#dealerId = dealerId;
    this.#hub = jetStreamUpHub(nc, dealerId, DEVICE_ID);
  }

  /** Sends one batch, of an order for each of these times; resolves once the hub has it. */
  async send(times: readonly Date[]): Promise<void> {
    const events = times.map((time) => this.#next(time));
    this.#hubSequence = await this.#hub.append('live', this.#hubSequence, events);
  }

  #next(time: Date): OutboxEvent {
    const dealerId = this.#dealerId;
    const { order } = this.#rows.next();
    this.#sequence += 1;
    const id = uuidv7();
    return {
      lane: 'live',
      epoch: 1,
      sequence: this.#sequence,
      id,
      type: orderPlaced.type,
      version: orderPlaced.version,
      source: dealerSource(dealerId, DEVICE_ID),
      subject: order.orderId,
      time: time.toISOString(),
      dealerId,
      correlationId: id,
      causationId: undefined,
      traceparent: undefined,
      dataText: JSON.stringify({ ...order, dealerId }),
    };
  }
}

/** Puts so many orders into the hub's empty stream: the same number of each dealer, by turns. */
export async function fillUpStream(nc: NatsConnection, events: number): Promise<void> {
  const senders = DEALERS.map((dealerId) => new OrderSender(nc, dealerId));
  const each = events / DEALERS.length;
  for (let sent = 0; sent < each; sent += BATCH) {
    const times = Array.from({ length: Math.min(BATCH, each - sent) }, () => new Date());
    await Promise.all(senders.map((sender) => sender.send(times)));
  }
}
