import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import Database from 'better-sqlite3';
import { natsUpSubject } from '../../src/events/names.ts';
import { DEALER_ID } from '../support/dealer.ts';
import { unsent } from '../support/outbox-log.ts';

export interface OutboxRow {
  readonly number: number;
  readonly id: string;
  readonly subject: string;
  readonly data: string;
}

/** An outbox table with a column that says what was sent. */
export function openOutbox(folder: string, size: number): Database.Database {
  const database = new Database(join(mkdtempSync(join(folder, 'relay-')), 'outbox.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`CREATE TABLE outbox (number INTEGER PRIMARY KEY, id TEXT, subject TEXT, data TEXT, sent_at INTEGER);
    CREATE INDEX outbox_unsent ON outbox (number) WHERE sent_at IS NULL`);
  const insert = database.prepare('INSERT INTO outbox (id, subject, data) VALUES (?, ?, ?)');
  database.transaction(() => {
    for (const row of unsent(0, size)) insert.run(row.id, natsUpSubject(DEALER_ID, 'live', row.type), row.data);
  })();
  return database;
}

/** Events a second of a relay that sends a row, waits for the answer, and marks the row as sent, durably. */
export async function rowByRowRelay(folder: string, url: string, size: number, ms: number): Promise<number> {
  const database = openOutbox(folder, size);
  const next = database.prepare(
    'SELECT number, id, subject, data FROM outbox WHERE sent_at IS NULL ORDER BY number LIMIT 1',
  );
  const mark = database.prepare('UPDATE outbox SET sent_at = ? WHERE number = ?');
  const nc = await connect({ servers: url });
  const js = jetstream(nc);
  let sent = 0;
  const start = performance.now();
  while (performance.now() - start < ms) {
    const row = next.get() as OutboxRow | undefined;
    if (row === undefined) break;
    const carried = headers();
    carried.set('ce-id', row.id);
    await js.publish(row.subject, row.data, { msgID: row.id, headers: carried });
    mark.run(Date.now(), row.number);
    sent += 1;
  }
  const rate = (sent / (performance.now() - start)) * 1_000;
  await nc.close();
  database.close();
  return rate;
}
