import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { afterEach, describe, expect, test } from 'vitest';
import { openLibsql } from '../../edge/node/libsql-driver.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import { EdgeError } from '../../src/core/errors.ts';
import { groupCommitStore } from '../../src/store/group-commit.ts';
import { countingDriver } from '../support/counting-driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { storeContract } from './store.contract.ts';

/** Takes the write lock of a file over a connection of its own. */
async function lockFile(url: string): Promise<() => Promise<void>> {
  const other = createClient({ url, concurrency: 1 });
  const transaction = await other.transaction('write');
  return async () => {
    await transaction.rollback();
    other.close();
  };
}

storeContract('a libSQL file', async () => {
  const folder = temporaryFolder();
  const url = `file:${join(folder.path, 'edge.db')}`;
  const driver = countingDriver(await openLibsql({ url }));
  const store = groupCommitStore(driver, nodePorts.scheduler);
  return {
    store,
    parametersMax: driver.parametersMax,
    transactions: driver.transactions,
    largestStatement: driver.largestStatement,
    lockFromElsewhere: () => lockFile(url),
    dispose: async () => {
      await store.close();
      folder.remove();
    },
  };
});

describe('a libSQL file', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) folder.remove();
  });

  const pathOf = (): string => {
    const folder = temporaryFolder();
    folders.push(folder);
    return join(folder.path, 'edge.db');
  };

  const settings = async (driver: Awaited<ReturnType<typeof openLibsql>>) => {
    const [synchronous] = await driver.query({ sql: 'PRAGMA synchronous' });
    const [journal] = await driver.query({ sql: 'PRAGMA journal_mode' });
    const [checkpoint] = await driver.query({ sql: 'PRAGMA wal_autocheckpoint' });
    return [...Object.values(synchronous ?? {}), ...Object.values(journal ?? {}), ...Object.values(checkpoint ?? {})];
  };
  const FULL = 2;

  test('syncs every commit to the disk, after a busy connection was replaced too', async () => {
    const url = `file:${pathOf()}`;
    const driver = await openLibsql({ url });
    const before = await settings(driver);
    expect(before.slice(0, 2)).toEqual([FULL, 'wal']);
    await driver.transaction([{ sql: 'CREATE TABLE t (a)' }]);
    const release = await lockFile(url);
    await expect(driver.transaction([{ sql: 'INSERT INTO t VALUES (1)' }])).rejects.toMatchObject({
      code: 'storage-unavailable',
      extra: { busy: true },
    });
    await release();
    await driver.transaction([{ sql: 'INSERT INTO t VALUES (2)' }]);
    expect(await settings(driver)).toEqual(before);
    expect(await driver.query({ sql: 'SELECT a FROM t' })).toEqual([{ a: 2 }]);
    await driver.close();
  });

  test('that is no database is reported as damaged', async () => {
    const path = pathOf();
    writeFileSync(path, 'not a database, '.repeat(1000));
    const error = await openLibsql({ url: `file:${path}` }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(EdgeError);
    expect(error).toMatchObject({ code: 'storage-corrupt' });
  });

  test('with a key cannot be read without it', async () => {
    const url = `file:${pathOf()}`;
    const driver = await openLibsql({ url, encryptionKey: 'correct horse battery staple' });
    await driver.transaction([{ sql: 'CREATE TABLE t (a)' }, { sql: 'INSERT INTO t VALUES (1)' }]);
    await driver.close();
    await expect(openLibsql({ url }).then((other) => other.query({ sql: 'SELECT a FROM t' }))).rejects.toBeInstanceOf(
      EdgeError,
    );
    const again = await openLibsql({ url, encryptionKey: 'correct horse battery staple' });
    expect(await again.query({ sql: 'SELECT a FROM t' })).toEqual([{ a: 1 }]);
    await again.close();
  });
});
