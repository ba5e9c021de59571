import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { checkDatabase, withReadOnly } from './check-database.ts';

/** What a database file holds, for people who decide about it. */
export interface DatabaseSummary {
  readonly bytes: number;
  readonly events: number;
  /** The last position of the log. */
  readonly head: number;
  readonly epoch: number | undefined;
  /** When the last event was recorded. */
  readonly upTo: string | undefined;
  readonly migrations: readonly string[];
}

/** Checks a database file whole and says what it holds. @throws {EdgeError} `storage-corrupt`. */
export function describeDatabase(path: string, encryptionKey?: string): DatabaseSummary {
  checkDatabase(path, encryptionKey);
  return withReadOnly(path, encryptionKey, (database) => {
    const one = (sql: string) => database.prepare(sql).get() as Record<string, number | string | null> | undefined;
    const log = one('SELECT count(*) AS events, coalesce(max(position), 0) AS head FROM events');
    const last = one('SELECT recorded_at_ms AS ms FROM events ORDER BY position DESC LIMIT 1');
    const epoch = one("SELECT value FROM meta WHERE key = 'epoch'");
    const migrations = database.prepare('SELECT name FROM migrations ORDER BY name').all() as { name: string }[];
    return {
      bytes: statSync(path).size,
      events: Number(log?.events ?? 0),
      head: Number(log?.head ?? 0),
      epoch: epoch === undefined ? undefined : Number(epoch.value),
      upTo: last === undefined ? undefined : new Date(Number(last.ms)).toISOString(),
      migrations: migrations.map(({ name }) => name),
    };
  });
}

/** SHA-256 of a file, in hex. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
