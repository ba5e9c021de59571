import { createClient } from '@libsql/client';
import { max, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/libsql';
import { databasePath } from '../../edge/node/open-store.ts';
import { events, orders, stock } from '../../src/store/schema.ts';
import { OrderRowSource } from '../support/order-rows.ts';

/** Orders a second with a drizzle transaction an order, guarded by a mutex because libSQL has one writer. */
export async function drizzleCapture(dataDir: string, callers: number, products: number, ms: number): Promise<number> {
  const client = createClient({ url: `file:${databasePath(dataDir)}`, concurrency: 1 });
  await client.execute('PRAGMA journal_mode = WAL');
  await client.execute('PRAGMA synchronous = FULL');
  await client.execute('PRAGMA cache_size = -32768');
  await client.execute('PRAGMA wal_autocheckpoint = 4000');
  const database = drizzle(client);
  const [head] = await database.select({ position: max(events.position) }).from(events);
  const source = new OrderRowSource(head?.position ?? 0, products);
  const replaced = replacedStock();

  const place = () => {
    const rows = source.next();
    return database.transaction(async (transaction) => {
      await transaction.insert(events).values([...rows.events]);
      await transaction.insert(orders).values(rows.orderRow).onConflictDoNothing();
      await transaction
        .insert(stock)
        .values([...rows.stockRows])
        .onConflictDoUpdate({ target: stock.sku, set: replaced });
    });
  };

  let last: Promise<void> = Promise.resolve();
  const exclusively = (work: () => Promise<void>) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  let placed = 0;
  const start = performance.now();
  const caller = async () => {
    while (performance.now() - start < ms) {
      await exclusively(place);
      placed += 1;
      // Without a turn of the event loop the client leaks what each statement holds.
      if (placed % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const rate = (placed / (performance.now() - start)) * 1_000;
  client.close();
  return rate;
}

function replacedStock() {
  return {
    onHand: sql`excluded.on_hand`,
    reserved: sql`excluded.reserved`,
    available: sql`excluded.available`,
    backordered: sql`excluded.backordered`,
    version: sql`excluded.version`,
    changedAt: sql`excluded.changed_at`,
    position: sql`excluded.position`,
  };
}
