import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { databasePath } from '../../edge/node/open-store.ts';
import { inventoryChanged } from '../../src/events/transactional/inventory.ts';
import { events } from '../../src/store/schema.ts';
import { PRODUCTS, stockedDealer } from '../capture.ts';
import type { BenchContext } from './benchmark.ts';
import { closeWhole, openDealer } from './dealer.ts';
import { remove } from './files.ts';
import { insertInto } from './insert.ts';
import { type EventRow, OrderRowSource } from './order-rows.ts';

/** Logs that were built in this run, by size: the large one takes a while. */
const logs = new Map<number, Promise<string>>();

/**
 * A closed database whose log has about so many events, a quarter of them orders of three lines and the rest
 * changes of stock, over all products; its read models are up to date.
 */
export function eventLog(context: BenchContext, size: number): Promise<string> {
  const known = logs.get(size);
  if (known !== undefined) return known;
  const built = build(context, size);
  logs.set(size, built);
  return built;
}

async function build(context: BenchContext, size: number): Promise<string> {
  context.progress(`  building a log of ${size.toLocaleString('en')} events`);
  const dataDir = mkdtempSync(join(context.folder, `log-${size}-`));
  const source = await stockedDealer(context.folder);
  // On a copy: two SQLite libraries in one process must never have the same file open, and libSQL lets go of a file
  // some time after it was closed.
  copyFileSync(databasePath(source), databasePath(dataDir));
  remove(source);
  fill(databasePath(dataDir), size);
  // The next start derives the read models again.
  const runtime = await openDealer(dataDir);
  await closeWhole(runtime);
  return dataDir;
}

/** Appends events without making them durable one by one; nothing else has the file open. */
function fill(path: string, size: number): void {
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -262144');
  const { head } = database.prepare('SELECT coalesce(max(position), 0) AS head FROM events').get() as { head: number };
  const insert = insertInto(database, events, '');
  const source = new OrderRowSource(head, PRODUCTS);
  let count = head;
  const append = database.transaction(() => {
    for (let n = 0; n < 1_000 && count < size; n += 1) {
      const [placed, ...movements] = source.next().events;
      for (const row of [placed, ...movements.map(withState)]) {
        if (row === undefined || count >= size) continue;
        insert(row);
        count += 1;
      }
    }
  });
  while (count < size) append();
  database.prepare("DELETE FROM meta WHERE key LIKE 'projection:%'").run();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** Another stock figure for each position, so that a wrong order of events would show. */
function withState(row: EventRow): EventRow {
  const reserved = 2 * (row.sequence ?? 0);
  const onHand = 100_000_000;
  const data = {
    ...inventoryChanged.example,
    sku: row.subject,
    movement: { kind: 'reserve', quantity: 2, reference: { kind: 'order', id: row.causationId ?? uuidv7() } },
    onHand,
    reserved,
    available: onHand - reserved,
    backordered: 0,
    version: row.sequence ?? 1,
    occurredAt: row.time,
  };
  return { ...row, data: JSON.stringify(data) };
}
