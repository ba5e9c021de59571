import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { EdgeError } from '../../src/core/errors.ts';
import type { order, syncStatus } from '../../src/http/schemas.ts';
import { SKUS } from './assortment.ts';
import { newTraceparent } from './centre.ts';

const ANSWER_MS = 15_000;

/** Every so many orders the dealer's computer asks twice, as one does whose answer got lost. */
const REPEAT_EVERY = 3;

export type Order = z.infer<typeof order>;
export type SyncStatus = z.infer<typeof syncStatus>;

/** An order that a box has answered with 201. */
export interface ConfirmedOrder {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly grossMinor: number;
  readonly traceparent: string;
}

/** A dealer who orders through the HTTP interface of the own box, as any client does. */
export class Dealer {
  readonly dealerId: string;
  readonly url: string;
  /** In the order of the answers. */
  readonly confirmed: ConfirmedOrder[] = [];
  /** How many were asked for a second time, and answered with the same order. */
  repeated = 0;
  #asked = 0;

  constructor(dealerId: string, url: string) {
    this.dealerId = dealerId;
    this.url = url;
  }

  /** Places orders one after the other. @throws {EdgeError} `internal` when the box answers anything but the order. */
  async placeOrders(count: number, paceMs = 0): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await this.#placeOrder();
      if (paceMs > 0) await setTimeout(paceMs);
    }
  }

  async #placeOrder(): Promise<void> {
    this.#asked += 1;
    const number = this.#asked;
    const lines = Array.from({ length: 1 + (number % 3) }, (_, index) => ({
      sku: SKUS[(number * 5 + index) % SKUS.length],
      quantity: 1 + ((number + index) % 4),
    }));
    const traceparent = newTraceparent();
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), traceparent },
      body: JSON.stringify({ lines, poNumber: `PO-${this.dealerId}-${number}` }),
    };
    const placed = await this.#ask<Order>('/v1/orders', 201, request);
    const { orderId, orderNumber, totals } = placed;
    this.confirmed.push({ orderId, orderNumber, grossMinor: totals.grossMinor, traceparent });
    if (number % REPEAT_EVERY !== 0) return;
    const again = await this.#ask<Order>('/v1/orders', 200, request);
    if (again.orderId !== orderId) {
      throw new EdgeError('internal', `${this.url} made order ${again.orderId} of what was ${orderId} already.`);
    }
    this.repeated += 1;
  }

  /** How many of the assortment's products the box can price now; none as long as it has no profile. */
  async priced(): Promise<number> {
    const lines = SKUS.map((sku) => ({ sku, quantity: 1 }));
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ lines }),
    };
    const response = await fetch(`${this.url}/v1/quotes`, { ...request, signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? ((await response.json()) as { lines: unknown[] }).lines.length : 0;
  }

  order(orderId: string): Promise<Order> {
    return this.#ask<Order>(`/v1/orders/${orderId}`, 200);
  }

  sync(): Promise<SyncStatus> {
    return this.#ask<SyncStatus>('/v1/sync', 200);
  }

  pause(): Promise<SyncStatus> {
    return this.#ask<SyncStatus>('/v1/sync/pause', 200, { method: 'POST' });
  }

  resume(): Promise<SyncStatus> {
    return this.#ask<SyncStatus>('/v1/sync/resume', 200, { method: 'POST' });
  }

  async #ask<Answer>(path: string, status: number, request: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, { ...request, signal: AbortSignal.timeout(ANSWER_MS) });
    if (response.status === status) return (await response.json()) as Answer;
    throw new EdgeError(
      'internal',
      `${request.method ?? 'GET'} ${this.url}${path} was answered with ${response.status} where ${status} was expected: ${(await response.text()).slice(0, 500)}`,
    );
  }
}
