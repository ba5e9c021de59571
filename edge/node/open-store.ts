import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { groupCommitStore } from '../../src/store/group-commit.ts';
import type { Store } from '../../src/store/store.ts';
import { openLibsql } from './libsql-driver.ts';
import { nodePorts } from './ports.ts';

/** Opens the database file of a data folder, which is made if it is missing. */
export async function openFileStore(dataDir: string, encryptionKey?: string): Promise<Store> {
  mkdirSync(dataDir, { recursive: true });
  const driver = await openLibsql({
    url: `file:${databasePath(dataDir)}`,
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  });
  return groupCommitStore(driver, nodePorts.scheduler);
}

/** Where the database of a data folder lies. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'edge.db');
}

/** An empty database in memory: for evaluations and tests. */
export async function openMemoryStore(): Promise<Store> {
  return groupCommitStore(await openLibsql({ url: 'file::memory:' }), nodePorts.scheduler);
}
