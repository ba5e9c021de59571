import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'libsql';
import { EdgeError } from '../../../src/core/errors.ts';

/** Files up to this size are checked whole at every start: about a tenth of a second, a second from a slow disk. */
const CHECKED_ALWAYS_BYTES = 128 * 1024 * 1024;

const HEADER = 'SQLite format 3\0';

/** What `PRAGMA quick_check` finds is listed up to this many lines. */
const PROBLEMS_MAX = 5;

/**
 * Refuses a damaged database before anything is written to it. The header is always looked at; the pages when the
 * file is small or the box was not stopped properly (its write-ahead log still holds something), because a power cut
 * is when disks lose pages, and a check of a large file would make every start slow.
 * @throws {EdgeError} `storage-corrupt` saying what is wrong and what to do.
 */
export function checkBeforeStart(path: string, encryptionKey?: string): void {
  if (!existsSync(path)) return;
  const stoppedBadly = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  if (stoppedBadly || statSync(path).size <= CHECKED_ALWAYS_BYTES) checkDatabase(path, encryptionKey);
  else checkHeader(path, encryptionKey);
}

/** Checks header and every page. @throws {EdgeError} `storage-corrupt`. */
export function checkDatabase(path: string, encryptionKey?: string): void {
  checkHeader(path, encryptionKey);
  const problems = withReadOnly(path, encryptionKey, (database) =>
    database
      .prepare(`PRAGMA quick_check(${PROBLEMS_MAX})`)
      .all()
      .map((row) => String(Object.values(row as Record<string, unknown>)[0])),
  );
  if (problems.length !== 1 || problems[0] !== 'ok') throw damaged(path, problems.join('; '));
}

/** Runs work on a connection that cannot write. @throws {EdgeError} `storage-corrupt` when the file cannot be read. */
export function withReadOnly<T>(
  path: string,
  encryptionKey: string | undefined,
  work: (database: Database.Database) => T,
): T {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, {
      readonly: true,
      timeout: 5_000,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    return work(database);
  } catch (error) {
    if (error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) {
      throw damaged(path, `${error.message}${hint(error.code, encryptionKey)}`, error);
    }
    throw error;
  } finally {
    database?.close();
  }
}

function checkHeader(path: string, encryptionKey: string | undefined): void {
  const { size } = statSync(path);
  if (size === 0) throw damaged(path, 'the file is empty; if this box is new, delete the file');
  const start = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  // The header of an encrypted file is encrypted as well.
  if (encryptionKey !== undefined) return;
  if (start.subarray(0, HEADER.length).toString('latin1') !== HEADER) {
    throw damaged(path, `its header is not that of a database${hint('SQLITE_NOTADB', encryptionKey)}`);
  }
  const pageBytes = start.readUInt16BE(16) === 1 ? 65_536 : start.readUInt16BE(16);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0)
    throw damaged(path, 'its header names an impossible page size');
  const hasLog = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  const bytes = start.readUInt32BE(28) * pageBytes;
  // While the log holds pages, the file may be shorter than its header says.
  if (!hasLog && size < bytes) throw damaged(path, `it has ${size} of ${bytes} bytes: it was cut off`);
}

function hint(code: string, encryptionKey: string | undefined): string {
  if (code !== 'SQLITE_NOTADB') return '';
  return encryptionKey === undefined
    ? ' (if it is encrypted, set LIBSQL_ENCRYPTION_KEY)'
    : ' (or LIBSQL_ENCRYPTION_KEY is not its key)';
}

function damaged(path: string, what: string, cause?: unknown): EdgeError {
  return new EdgeError(
    'storage-corrupt',
    `${path} is damaged: ${what}. Nothing was changed. Stop the box, then run \`dealeriq restore BACKUP\`; the damaged file is kept aside.`,
    { cause, extra: { path } },
  );
}
