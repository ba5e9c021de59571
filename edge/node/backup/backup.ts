import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { EdgeError } from '../../../src/core/errors.ts';
import { checkDatabase } from './check-database.ts';
import { type DatabaseSummary, describeDatabase, fileSha256 } from './describe-database.ts';
import { publish } from './durable-files.ts';

export interface Backup extends DatabaseSummary {
  readonly file: string;
  readonly sha256: string;
  readonly madeAt: string;
}

/** What the last backup was, as the database remembers it. */
export const LAST_BACKUP_KEY = 'backup:last';

/**
 * Copies a database while a box works on it: the copy holds everything that was durable when it began. It is checked
 * and gets its name only then.
 * @throws {EdgeError} `conflict` when the file exists, `storage-corrupt` when the database or the copy is damaged.
 */
export async function backUp(options: {
  readonly database: string;
  readonly to: string;
  readonly encryptionKey?: string | undefined;
  readonly now: string;
}): Promise<Backup> {
  const { database, to, encryptionKey, now } = options;
  if (existsSync(to)) throw new EdgeError('conflict', `${to} exists; a backup never overwrites. Choose another --to.`);
  // A copy of a damaged database would be found when it is needed.
  checkDatabase(database, encryptionKey);
  mkdirSync(dirname(to), { recursive: true });
  const unfinished = join(dirname(to), `.${process.pid}-${Date.parse(now)}.backup`);
  try {
    vacuumInto(database, unfinished, encryptionKey);
    const summary = describeDatabase(unfinished, encryptionKey);
    const sha256 = await fileSha256(unfinished);
    publish(unfinished, to);
    const backup = { ...summary, file: to, sha256, madeAt: now };
    remember(database, encryptionKey, backup);
    return backup;
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + suffix, { force: true });
  }
}

function vacuumInto(database: string, to: string, encryptionKey: string | undefined): void {
  const connection = open(database, encryptionKey);
  try {
    connection.prepare('VACUUM INTO ?').run([to]);
  } catch (error) {
    const full = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_FULL');
    const reason = error instanceof Error ? error.message : String(error);
    throw new EdgeError(
      full ? 'storage-full' : 'storage-unavailable',
      `The backup could not be written to ${to}: ${reason}. Check the space and the rights there, or choose another --to.`,
      { cause: error },
    );
  } finally {
    connection.close();
  }
}

function remember(database: string, encryptionKey: string | undefined, backup: Backup): void {
  const connection = open(database, encryptionKey);
  try {
    connection
      .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value')
      .run([LAST_BACKUP_KEY, JSON.stringify({ file: backup.file, madeAt: backup.madeAt, head: backup.head })]);
    // Next to a box that runs this may not get through, and need not.
    for (const pragma of ['busy_timeout = 100', 'wal_checkpoint(TRUNCATE)'])
      connection.prepare(`PRAGMA ${pragma}`).all();
  } finally {
    connection.close();
  }
}

function open(path: string, encryptionKey: string | undefined): Database.Database {
  return new Database(path, { timeout: 10_000, ...(encryptionKey === undefined ? {} : { encryptionKey }) });
}
