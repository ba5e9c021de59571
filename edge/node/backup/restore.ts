import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EdgeError } from '../../../src/core/errors.ts';
import { startEpoch } from '../../../src/runtime/identity.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { readMigrations } from '../migrations.ts';
import { databasePath, openFileStore } from '../open-store.ts';
import { type DatabaseSummary, describeDatabase, fileSha256 } from './describe-database.ts';
import { replace } from './durable-files.ts';

export interface Restored extends DatabaseSummary {
  readonly file: string;
  readonly sha256: string;
  readonly database: string;
  /** Where the database that was there before lies now. */
  readonly replaced: string | undefined;
  /** The epoch that begins: no sequence and no order number of before is given out again. */
  readonly newEpoch: number;
}

/**
 * Puts a backup in the place of a data folder's database. The database that was there is kept aside. Stopped at any
 * moment, the folder holds the old database or the new one, and running it again finishes the work.
 * @throws {EdgeError} `not-found`, `storage-corrupt` when the backup is damaged, `storage-conflict` when a newer
 *   program wrote it; nothing was changed then.
 */
export async function restore(options: {
  readonly from: string;
  readonly dataDir: string;
  readonly encryptionKey?: string | undefined;
  readonly nowMs: number;
}): Promise<Restored> {
  const { dataDir, encryptionKey, nowMs } = options;
  const from = resolve(options.from);
  const database = databasePath(dataDir);
  if (!existsSync(from)) throw new EdgeError('not-found', `There is no file ${from}. Check the path of the backup.`);
  if (from === resolve(database)) {
    throw new EdgeError('validation-failed', `${from} is the database of the box itself. Copy it elsewhere first.`);
  }
  const summary = describe(from, encryptionKey);
  const sha256 = await fileSha256(from);
  mkdirSync(dataDir, { recursive: true });
  // A folder of its own, because the database in it has to have its usual name.
  const workshop = `${database}.restoring`;
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop);
  try {
    copyFileSync(from, databasePath(workshop));
    const newEpoch = await beginEpoch(workshop, encryptionKey, Math.max(nowMs, afterEpochOf(database, encryptionKey)));
    const replaced = existsSync(database) ? keepAside(database, nowMs) : undefined;
    replace(databasePath(workshop), database);
    return { ...summary, file: from, sha256, database, replaced, newEpoch };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function describe(from: string, encryptionKey: string | undefined): DatabaseSummary {
  try {
    return describeDatabase(from, encryptionKey);
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'storage-corrupt') {
      throw new EdgeError(
        'storage-corrupt',
        `The backup cannot be used. ${error.detail.split('. ')[0]}. Nothing was changed; use another backup.`,
        { cause: error },
      );
    }
    throw new EdgeError(
      'validation-failed',
      `${from} is no backup of a box: ${error instanceof Error ? error.message : error}. Nothing was changed.`,
      { cause: error },
    );
  }
}

async function beginEpoch(folder: string, encryptionKey: string | undefined, nowMs: number): Promise<number> {
  const store = await openFileStore(folder, encryptionKey);
  try {
    await migrate(store, readMigrations(), nowMs);
    return await startEpoch(store, nowMs);
  } finally {
    await store.close();
  }
}

/** The first instant whose epoch lies after the one of the database that is replaced, should the clock be behind. */
function afterEpochOf(database: string, encryptionKey: string | undefined): number {
  if (!existsSync(database)) return 0;
  try {
    return ((describeDatabase(database, encryptionKey).epoch ?? 0) + 1) * 1000;
  } catch {
    // It is damaged, which is why somebody restores.
    return 0;
  }
}

/** The old database gets a second name, and its write-ahead log leaves: it must never be read into another file. */
function keepAside(database: string, nowMs: number): string {
  const aside = `${database}.replaced-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`;
  if (existsSync(aside)) throw new EdgeError('conflict', `${aside} exists. Run it again.`);
  if (existsSync(`${database}-wal`) && statSync(`${database}-wal`).size > 0)
    renameSync(`${database}-wal`, `${aside}-wal`);
  for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
  try {
    linkSync(database, aside);
  } catch {
    // A file system without links: for a moment there is only the copy aside.
    renameSync(database, aside);
  }
  return aside;
}
