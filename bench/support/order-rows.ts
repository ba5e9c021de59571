import { uuidv7 } from 'uuidv7';
import { inventoryChanged } from '../../src/events/transactional/inventory.ts';
import { type OrderPlaced, orderPlaced } from '../../src/events/transactional/order.ts';
import type { events, orders, stock } from '../../src/store/schema.ts';
import { DEALER_ID, DEVICE_ID, LINES, skuOf } from './dealer.ts';

export type EventRow = typeof events.$inferInsert;
export type OrderRow = typeof orders.$inferInsert;
export type StockRow = typeof stock.$inferInsert;

/** Everything that one captured order writes. */
export interface OrderRows {
  readonly order: OrderPlaced;
  readonly events: readonly EventRow[];
  readonly orderRow: OrderRow;
  readonly stockRows: readonly StockRow[];
}

const SOURCE = `urn:dealeriq:dealer:${DEALER_ID}:${DEVICE_ID}`;
const DIGEST = 'a'.repeat(64);

/**
 * Rows as the runtime writes them (same tables, columns, sizes of values, kinds of ids), without deciding
 * anything: the peers price nothing, check nothing and look nothing up.
 */
export class OrderRowSource {
  #position: number;
  #sequence = 0;
  readonly #products: number;

  /** `head` is the last position that the log has. */
  constructor(head: number, products: number) {
    this.#position = head;
    this.#products = products;
  }

  next(): OrderRows {
    const number = this.#sequence;
    const now = new Date().toISOString();
    const [exampleLine] = orderPlaced.example.lines;
    if (exampleLine === undefined) throw new Error('The example order has no line.');
    const lines = Array.from({ length: LINES }, (_, line) => ({
      ...exampleLine,
      lineNumber: line + 1,
      sku: skuOf((number * 7 + line * 13) % this.#products),
    }));
    const orderId = uuidv7();
    const order = { ...orderPlaced.example, orderId, orderNumber: `${DEALER_ID}-B1-${number}`, lines, placedAt: now };
    const placed = this.#row(order, orderPlaced.type, orderId, now, undefined);
    const movements = lines.map((line) => {
      const data = {
        ...inventoryChanged.example,
        sku: line.sku,
        movement: { kind: 'reserve', quantity: 2, reference: { kind: 'order', id: orderId } },
        occurredAt: now,
      };
      return { data, row: this.#row(data, inventoryChanged.type, line.sku, now, placed.id) };
    });
    return {
      order,
      events: [placed, ...movements.map((movement) => movement.row)],
      orderRow: {
        orderId,
        orderNumber: order.orderNumber,
        dealerId: DEALER_ID,
        poNumber: order.poNumber ?? null,
        currency: order.currency,
        netMinor: order.totals.netMinor,
        grossMinor: order.totals.grossMinor,
        lineCount: LINES,
        backordered: 0,
        placedAt: now,
        position: placed.position ?? 0,
        lane: 'live',
        epoch: 1,
        sequence: placed.sequence ?? 0,
      },
      stockRows: movements.map(({ data, row }) => ({
        sku: data.sku,
        locationId: data.locationId,
        unit: data.unit,
        onHand: data.onHand,
        reserved: data.reserved,
        available: data.available,
        backordered: data.backordered,
        version: data.version,
        changedAt: now,
        position: row.position ?? 0,
      })),
    };
  }

  #row(data: unknown, type: string, subject: string, now: string, cause: string | undefined): EventRow {
    this.#position += 1;
    this.#sequence += 1;
    const id = uuidv7();
    return {
      position: this.#position,
      id,
      type,
      version: 1,
      source: SOURCE,
      subject,
      time: now,
      dealerId: DEALER_ID,
      lane: 'live',
      epoch: 1,
      sequence: this.#sequence,
      correlationId: cause ?? id,
      causationId: cause ?? null,
      traceparent: null,
      idempotencyKey: cause === undefined ? uuidv7() : null,
      requestDigest: cause === undefined ? DIGEST : null,
      data: JSON.stringify(data),
      applied: null,
      recordedAtMs: Date.now(),
    };
  }
}
