import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../edge/node/migrations.ts';
import { databasePath } from '../../edge/node/open-store.ts';

/** Where benchmarks put their files: beside the product's data, so on the same disk. */
export function benchFolder(): string {
  const root = join(packageFolder('.data'), 'bench');
  mkdirSync(root, { recursive: true });
  return mkdtempSync(join(root, 'run-'));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs work on a fresh data folder with a copy of a closed database, and removes it. */
export async function onCopy<T>(parent: string, source: string, work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(parent, 'copy-'));
  try {
    copyFileSync(databasePath(source), databasePath(dataDir));
    return await work(dataDir);
  } finally {
    remove(dataDir);
  }
}

export function sizeMb(path: string): number {
  return statSync(path).size / 2 ** 20;
}
