import { isDeepStrictEqual } from 'node:util';
import { readMigrations } from '../../edge/node/migrations.ts';
import { openFileStore, openMemoryStore } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { InventoryChanged } from '../../src/events/transactional/inventory.ts';
import type { OrderPlaced } from '../../src/events/transactional/order.ts';
import { replay } from '../../src/runtime/replay.ts';
import { createRuntime } from '../../src/runtime.ts';
import { EVENT_COLUMNS, fromRow } from '../../src/store/log.ts';
import type { Store } from '../../src/store/store.ts';
import type { OrderLoad } from './order-load.ts';

/**
 * What is wrong with a database after faults, in sentences; empty when every answered order is there, whole and once,
 * no order is half, and the read models are what the log says.
 */
export async function findFaults(dataDir: string, load: Pick<OrderLoad, 'answered' | 'requested'>): Promise<string[]> {
  const store = await openFileStore(dataDir);
  const faults = [
    ...(await integrity(store)),
    ...(await gaps(store)),
    ...(await orderFaults(store, load)),
    ...(await stockFaults(store)),
  ];
  await store.close();
  return [...faults, ...(await projectionFaults(dataDir))];
}

async function integrity(store: Store): Promise<string[]> {
  const rows = await store.read({ sql: 'PRAGMA integrity_check' });
  const found = rows.map((row) => String(Object.values(row)[0]));
  return found.length === 1 && found[0] === 'ok' ? [] : found;
}

async function gaps(store: Store): Promise<string[]> {
  const faults: string[] = [];
  const [log] = await store.read({
    sql: 'SELECT count(*) AS rows, min(position) AS first, max(position) AS last FROM events',
  });
  if (log?.first !== 1 || log.rows !== log.last) faults.push(`Positions have gaps: ${JSON.stringify(log)}`);
  const lanes = await store.read({
    sql: `SELECT lane, epoch, count(*) AS rows, min(sequence) AS first, max(sequence) AS last,
      sum(sequence <> in_order) AS disordered
      FROM (SELECT lane, epoch, sequence, row_number() OVER (PARTITION BY lane, epoch ORDER BY position) AS in_order
            FROM events WHERE sequence IS NOT NULL) GROUP BY lane, epoch`,
  });
  for (const lane of lanes) {
    if (lane.first !== 1 || lane.rows !== lane.last || lane.disordered !== 0) {
      faults.push(`Sequences have gaps: ${JSON.stringify(lane)}`);
    }
  }
  if (new Set(lanes.map((lane) => lane.epoch)).size > 1) faults.push('A second epoch began.');
  return faults;
}

async function orderFaults(store: Store, load: Pick<OrderLoad, 'answered' | 'requested'>): Promise<string[]> {
  const faults: string[] = [];
  const rows = await store.read({
    sql: `SELECT ${EVENT_COLUMNS}, idempotency_key FROM events WHERE type = 'order.placed' ORDER BY position`,
  });
  const followers = await followersByCause(store);
  const projected = new Map(
    (await store.read({ sql: 'SELECT order_id, order_number, gross_minor, line_count FROM orders' })).map((row) => [
      String(row.order_id),
      row,
    ]),
  );
  const numbers = new Set<string>();
  const byKey = new Map<string, OrderPlaced>();
  for (const row of rows) {
    const event = fromRow(row);
    const placed = event.data as OrderPlaced;
    const name = placed.orderNumber;
    const key = String(row.idempotency_key);
    if (numbers.has(name)) faults.push(`${name} was given out twice.`);
    numbers.add(name);
    if (byKey.has(key)) faults.push(`${key} led to two orders.`);
    byKey.set(key, placed);
    if (!load.requested.has(key)) faults.push(`${name} was never asked for.`);
    const moved = (followers.get(event.id) ?? []).map(
      (one) => `${one.position - event.position} ${one.sku} ${one.quantity}`,
    );
    const expected = placed.lines.map((line, index) => `${index + 1} ${line.sku} ${line.quantity}`);
    if (!isDeepStrictEqual(moved, expected))
      faults.push(`${name} is half: its stock moved by ${moved}, not ${expected}.`);
    const view = projected.get(placed.orderId);
    if (
      view?.order_number !== name ||
      view.gross_minor !== placed.totals.grossMinor ||
      view.line_count !== placed.lines.length
    ) {
      faults.push(`${name} is ${JSON.stringify(view)} in the read model.`);
    }
  }
  if (projected.size !== rows.length)
    faults.push(`${projected.size} orders in the read model, ${rows.length} in the log.`);
  for (const [key, answered] of load.answered) {
    const stored = byKey.get(key);
    if (stored === undefined) faults.push(`${answered.orderNumber} (${key}) was answered, but is lost.`);
    else {
      const { orderId, orderNumber, lines, totals } = stored;
      if (!isDeepStrictEqual({ orderId, orderNumber, lines, totals }, answered)) {
        faults.push(`${answered.orderNumber} (${key}) is not what was answered.`);
      }
    }
  }
  return faults;
}

async function followersByCause(store: Store) {
  const followers = new Map<string, { position: number; sku: string; quantity: number }[]>();
  const rows = await store.read({
    sql: `SELECT ${EVENT_COLUMNS} FROM events WHERE type = 'inventory.changed' AND causation_id IS NOT NULL ORDER BY position`,
  });
  for (const row of rows) {
    const event = fromRow(row);
    const { sku, movement } = event.data as InventoryChanged;
    const list = followers.get(event.causationid ?? '') ?? [];
    list.push({ position: event.position, sku, quantity: movement.quantity });
    followers.set(event.causationid ?? '', list);
  }
  return followers;
}

/** What is reserved and backordered of each SKU is what the orders hold, because nothing was shipped or cancelled. */
async function stockFaults(store: Store): Promise<string[]> {
  const rows = await store.read({
    sql: `SELECT s.sku, s.reserved + s.backordered AS held, s.on_hand - s.reserved AS free, s.available,
      (SELECT coalesce(sum(l.value ->> '$.quantity'), 0) FROM events e, json_each(e.data, '$.lines') l
       WHERE e.type = 'order.placed' AND l.value ->> '$.sku' = s.sku) AS ordered FROM stock s`,
  });
  return rows
    .filter((row) => row.held !== row.ordered || row.free !== row.available || Number(row.available) < 0)
    .map((row) => `Stock of ${row.sku} does not add up: ${JSON.stringify(row)}`);
}

/** Whether each read model is what an evaluation of the whole log derives. */
async function projectionFaults(dataDir: string): Promise<string[]> {
  const migrations = readMigrations();
  const store = await openFileStore(dataDir);
  const runtime = await createRuntime({ store, ports: nodePorts, migrations, dealerId: 'D042', deviceId: 'B1' });
  const { projections } = await replay(
    runtime,
    { into: 'evaluation', dryRun: false },
    { migrations, openScratch: openMemoryStore },
  );
  await runtime.close();
  return projections
    .filter((one) => one.same !== true)
    .map((one) => `Read model ${one.name} is not what the log says.`);
}
