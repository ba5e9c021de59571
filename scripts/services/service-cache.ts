import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './server-process.ts';

/** Where fetched servers are kept; git ignores it. */
export const CACHE = resolve(import.meta.dirname, '../../.cache/services');

const ASK_AGAIN_MS = 100;

/**
 * A file or folder of the cache, made when it is not there yet. It appears whole or not at all, and of several
 * processes that want it at once one makes it while the others wait.
 * @param name Its name in the cache.
 * @param make Makes it below a temporary folder and resolves with its path there.
 * @param cache The folder of the cache.
 */
export async function cached(name: string, make: (folder: string) => Promise<string>, cache = CACHE): Promise<string> {
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const free = await lock(`${target}.lock`);
  const folder = mkdtempSync(`${target}.new-`);
  try {
    if (existsSync(target)) return target;
    const made = await make(folder);
    // Two that find the same lock of an ended process can both get here; what came first is as good.
    if (!existsSync(target)) renameSync(made, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    free();
  }
}

/** Waits until no other process holds a lock file, and takes it. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readHolder(file));
    // Its process ended without freeing it. A file without a number is being written.
    if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
    else await delay(ASK_AGAIN_MS);
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
