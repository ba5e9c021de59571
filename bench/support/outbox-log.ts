import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databasePath } from '../../edge/node/open-store.ts';
import type { Lane } from '../../src/core/event.ts';
import { events } from '../../src/store/schema.ts';
import { PRODUCTS, stockedDealer } from '../capture.ts';
import type { BenchContext } from './benchmark.ts';
import { remove } from './files.ts';
import { insertInto } from './insert.ts';
import { OrderRowSource } from './order-rows.ts';

/** A closed database of a stocked dealer with so many events in one lane that were never sent: orders of three lines. */
export async function outboxLog(context: BenchContext, size: number, lane: Lane): Promise<string> {
  context.progress(`  building an outbox of ${size.toLocaleString('en')} events`);
  const dataDir = mkdtempSync(join(context.folder, `outbox-${size}-`));
  const source = await stockedDealer(context.folder);
  // On a copy: two SQLite libraries in one process must never have the same file open.
  copyFileSync(databasePath(source), databasePath(dataDir));
  remove(source);
  const database = new Database(databasePath(dataDir));
  database.pragma('synchronous = OFF');
  const { head } = database.prepare('SELECT coalesce(max(position), 0) AS head FROM events').get() as { head: number };
  const { epoch } = database.prepare("SELECT CAST(value AS INTEGER) AS epoch FROM meta WHERE key = 'epoch'").get() as {
    epoch: number;
  };
  const insert = insertInto(database, events, '');
  const rows = unsent(head, size);
  const append = database.transaction(() => {
    for (let n = 0; n < 10_000; n += 1) {
      const { value, done } = rows.next();
      if (done) return false;
      insert({ ...value, lane, epoch });
    }
    return true;
  });
  while (append());
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return dataDir;
}

/** So many rows of orders and their movements of stock, after a position. */
export function* unsent(head: number, size: number) {
  const source = new OrderRowSource(head, PRODUCTS);
  for (let count = 0; count < size; ) {
    for (const row of source.next().events.slice(0, size - count)) {
      count += 1;
      yield row;
    }
  }
}
