import Database from 'better-sqlite3';
import { databasePath } from '../../edge/node/open-store.ts';
import { events, orders, stock } from '../../src/store/schema.ts';
import { insertInto } from '../support/insert.ts';
import { OrderRowSource, type OrderRows } from '../support/order-rows.ts';

/** A hand-written capture: prepared statements, one transaction an order, durable when `place` returns. */
export class BetterSqlite3Capture {
  readonly #database: Database.Database;
  readonly #source: OrderRowSource;
  readonly #write: (rows: OrderRows) => void;

  constructor(dataDir: string, products: number) {
    const database = new Database(databasePath(dataDir));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('cache_size = -32768');
    database.pragma('wal_autocheckpoint = 4000');
    const head = database.prepare('SELECT coalesce(max(position), 0) AS position FROM events').get();
    this.#source = new OrderRowSource((head as { position: number }).position, products);
    const event = insertInto(database, events, '');
    const order = insertInto(database, orders, 'ON CONFLICT DO NOTHING');
    const level = insertInto(
      database,
      stock,
      `ON CONFLICT (sku) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved,
       available = excluded.available, backordered = excluded.backordered, version = excluded.version,
       changed_at = excluded.changed_at, position = excluded.position`,
    );
    this.#write = database.transaction((rows: OrderRows) => {
      for (const row of rows.events) event(row);
      order(rows.orderRow);
      for (const row of rows.stockRows) level(row);
    }).immediate;
    this.#database = database;
  }

  /** Writes the next order; it is on disk afterwards. */
  place(): OrderRows {
    const rows = this.#source.next();
    this.#write(rows);
    return rows;
  }

  close(): void {
    this.#database.close();
  }
}

/** Orders a second, one by one: the library is synchronous, so more callers would only wait in line. */
export function betterSqlite3Capture(dataDir: string, products: number, ms: number): number {
  const capture = new BetterSqlite3Capture(dataDir, products);
  let placed = 0;
  const start = performance.now();
  while (performance.now() - start < ms) {
    capture.place();
    placed += 1;
  }
  const rate = (placed / (performance.now() - start)) * 1_000;
  capture.close();
  return rate;
}
