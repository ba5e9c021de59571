import { readMigrations } from '../../edge/node/migrations.ts';
import { openFileStore } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { PlaceOrder } from '../../src/commands/place-order.ts';
import { dealerCreated } from '../../src/events/transactional/dealer.ts';
import { inventoryChanged } from '../../src/events/transactional/inventory.ts';
import { priceChanged } from '../../src/events/transactional/price.ts';
import { productUpdated } from '../../src/events/transactional/product.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';

export const DEALER_ID = 'D042';
export const DEVICE_ID = 'B1';

/** Lines of every order in the benchmarks. */
export const LINES = 3;

/** Opens the runtime as `dealeriq start` does. */
export async function openDealer(dataDir: string): Promise<Runtime> {
  const store = await openFileStore(dataDir);
  return createRuntime({
    store,
    ports: nodePorts,
    migrations: readMigrations(),
    dealerId: DEALER_ID,
    deviceId: DEVICE_ID,
  });
}

/** Closes with everything in the database file itself, so that the file alone can be copied. */
export async function closeWhole(runtime: Runtime): Promise<void> {
  await runtime.store.read({ sql: 'PRAGMA wal_checkpoint(TRUNCATE)' });
  await runtime.close();
}

export const skuOf = (number: number) => `SKU-${String(number).padStart(5, '0')}`;

/** Gives a dealer a profile and products with a price and plenty of stock each. */
export async function stockUp(runtime: Runtime, products: number): Promise<void> {
  await take(runtime, 'dealer.created', dealerCreated.example);
  const events: Promise<void>[] = [];
  for (let number = 0; number < products; number += 1) {
    const sku = skuOf(number);
    events.push(take(runtime, 'product.updated', { ...productUpdated.example, sku, name: `Part ${number}` }));
    events.push(take(runtime, 'price.changed', { ...priceChanged.example, sku }));
    const onHand = 100_000_000;
    const stock = { onHand, reserved: 0, available: onHand, backordered: 0 };
    events.push(
      take(runtime, 'inventory.changed', {
        ...inventoryChanged.example,
        sku,
        movement: { kind: 'adjust', quantity: onHand },
        ...stock,
      }),
    );
  }
  await Promise.all(events);
}

async function take(runtime: Runtime, type: string, data: unknown): Promise<void> {
  const { admission } = await runtime.receive({
    attributes: {
      specversion: '1.0',
      id: runtime.ports.random.uuid(),
      source: 'urn:dealeriq:centre:bench',
      type,
      time: new Date().toISOString(),
    },
    data,
    raw: { bytes: new Uint8Array(), contentType: 'application/json', headers: {}, gate: 'inbound' },
  });
  if (!admission.ok) throw new Error(`The benchmark's ${type} was refused: ${JSON.stringify(admission)}`);
}

/** The n-th order: three lines, spread over the products. */
export function orderInput(number: number, products: number): PlaceOrder {
  const lines = Array.from({ length: LINES }, (_, line) => ({
    sku: skuOf((number * 7 + line * 13) % products),
    quantity: 2,
  }));
  return { lines };
}

/** Orders a second that callers get who each await one order before they place the next. */
export async function placeOrders(runtime: Runtime, callers: number, products: number, ms: number): Promise<number> {
  let placed = 0;
  let next = 0;
  const start = performance.now();
  const caller = async () => {
    while (performance.now() - start < ms) {
      next += 1;
      const idempotencyKey = runtime.ports.random.uuid();
      await runtime.execute('place-order', orderInput(next, products), { idempotencyKey });
      placed += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (placed / (performance.now() - start)) * 1_000;
}
