import { type Client, createClient, type InStatement, type InValue } from '@libsql/client';
import { databasePath } from '../../edge/node/open-store.ts';
import type { DealerProfile } from '../../src/events/transactional/dealer.ts';
import type { InventoryChanged } from '../../src/events/transactional/inventory.ts';
import type { OrderPlaced } from '../../src/events/transactional/order.ts';
import type { PriceChanged } from '../../src/events/transactional/price.ts';
import type { ProductSnapshot } from '../../src/events/transactional/product.ts';

const PAGE_EVENTS = 5_000;
const BATCH_STATEMENTS = 500;

interface Logged {
  readonly position: number;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly dealerId: string;
  readonly lane: InValue;
  readonly epoch: InValue;
  readonly sequence: InValue;
  readonly text: string;
}

/**
 * Derives the read models as a client would: reads pages of events, parses them, computes rows in JavaScript, and
 * upserts them in batches. Within a page only the last state of a SKU is written. Returns seconds.
 */
export async function clientLoopRebuild(dataDir: string): Promise<number> {
  const client = createClient({ url: `file:${databasePath(dataDir)}`, concurrency: 1, intMode: 'number' });
  await client.execute('PRAGMA journal_mode = WAL');
  await client.execute('PRAGMA synchronous = FULL');
  await client.execute('PRAGMA cache_size = -32768');
  await client.execute('PRAGMA wal_autocheckpoint = 4000');
  const start = performance.now();
  for (const table of ['dealers', 'products', 'products_fts', 'prices', 'stock', 'orders']) {
    await client.execute(`DELETE FROM ${table}`);
  }
  const numbers = new Map<string, number>();
  let after = 0;
  for (;;) {
    const page = await readPage(client, after);
    const last = page.at(-1);
    if (last === undefined) break;
    const statements = statementsOf(page, numbers);
    for (let from = 0; from < statements.length; from += BATCH_STATEMENTS) {
      await client.batch(statements.slice(from, from + BATCH_STATEMENTS), 'write');
      // Without a turn of the event loop the client leaks what each statement holds.
      await new Promise((resolve) => setImmediate(resolve));
    }
    after = last.position;
  }
  const seconds = (performance.now() - start) / 1_000;
  await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
  client.close();
  return seconds;
}

async function readPage(client: Client, after: number): Promise<Logged[]> {
  const { rows } = await client.execute({
    sql: `SELECT position, type, subject, time, dealer_id, lane, epoch, sequence, coalesce(applied, data) AS data
          FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    args: [after, PAGE_EVENTS],
  });
  return rows.map((row) => ({
    position: Number(row.position),
    type: String(row.type),
    subject: String(row.subject),
    time: String(row.time),
    dealerId: String(row.dealer_id),
    lane: row.lane ?? null,
    epoch: row.epoch ?? null,
    sequence: row.sequence ?? null,
    text: String(row.data),
  }));
}

function statementsOf(page: readonly Logged[], numbers: Map<string, number>): InStatement[] {
  const stock = new Map<string, InStatement>();
  const statements: InStatement[] = [];
  for (const event of page) {
    const data: unknown = JSON.parse(event.text);
    if (event.type === 'inventory.changed') stock.set(event.subject, stockRow(event, data as InventoryChanged));
    else if (event.type === 'order.placed') statements.push(orderRow(event, data as OrderPlaced));
    else if (event.type === 'price.changed') statements.push(priceRow(event, data as PriceChanged));
    else if (event.type === 'product.updated') statements.push(...productRows(event, data as ProductSnapshot, numbers));
    else if (event.type.startsWith('dealer.')) statements.push(dealerRow(event, data as DealerProfile));
  }
  return [...statements, ...stock.values()];
}

function stockRow(event: Logged, data: InventoryChanged): InStatement {
  const { locationId, unit, onHand, reserved, available, backordered, version, occurredAt } = data;
  return replace(
    'stock',
    'sku, location_id, unit, on_hand, reserved, available, backordered, version, changed_at, position',
    [event.subject, locationId, unit, onHand, reserved, available, backordered, version, occurredAt, event.position],
  );
}

function orderRow(event: Logged, data: OrderPlaced): InStatement {
  const backordered = data.lines.some((line) => line.backordered > 0) ? 1 : 0;
  return replace(
    'orders',
    'order_id, order_number, dealer_id, po_number, currency, net_minor, gross_minor, line_count, backordered, placed_at, position, lane, epoch, sequence',
    [
      event.subject,
      data.orderNumber,
      event.dealerId,
      data.poNumber ?? null,
      data.currency,
      data.totals.netMinor,
      data.totals.grossMinor,
      data.lines.length,
      backordered,
      data.placedAt,
      event.position,
      event.lane,
      event.epoch,
      event.sequence,
    ],
  );
}

function priceRow(event: Logged, data: PriceChanged): InStatement {
  return replace('prices', 'sku, price_list_id, version, effective_from, effective_to, snapshot, position', [
    event.subject,
    data.priceListId,
    data.version,
    data.effectiveFrom,
    data.effectiveTo ?? null,
    event.text,
    event.position,
  ]);
}

function dealerRow(event: Logged, data: DealerProfile): InStatement {
  return replace('dealers', 'dealer_id, name, segment, currency, price_list_id, profile, position', [
    event.subject,
    data.name,
    data.segment,
    data.currency,
    data.priceListId,
    event.text,
    event.position,
  ]);
}

function productRows(event: Logged, data: ProductSnapshot, numbers: Map<string, number>): InStatement[] {
  const number = numbers.get(event.subject) ?? event.position;
  numbers.set(event.subject, number);
  const category = data.category.join(' / ');
  return [
    replace('products', 'number, sku, name, description, category, unit, status, snapshot, updated_at, position', [
      number,
      event.subject,
      data.name,
      data.description,
      category,
      data.unit,
      data.status,
      event.text,
      event.time,
      event.position,
    ]),
    replace('products_fts', 'rowid, sku, name, description, category', [
      number,
      event.subject,
      data.name,
      data.description,
      category,
    ]),
  ];
}

function replace(table: string, columns: string, args: InValue[]): InStatement {
  return { sql: `INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${args.map(() => '?').join(', ')})`, args };
}
