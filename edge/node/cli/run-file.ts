import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError } from '../../../src/core/errors.ts';

/** Where a running box says who and where it is. Only a note: a restore does not need it. */
export function runFilePath(dataDir: string): string {
  return join(dataDir, 'running.json');
}

/** The box that runs on a data folder, if one does. */
export function runningBox(dataDir: string): { pid: number; url: string } | undefined {
  const path = runFilePath(dataDir);
  if (!existsSync(path)) return undefined;
  try {
    const box = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; url: string };
    if (box.pid === process.pid) return undefined;
    process.kill(box.pid, 0);
    // The number may have been given to another process since; only a runtime of ours counts.
    return readFileSync(`/proc/${box.pid}/cmdline`, 'utf8').includes('dealeriq') || isOurs(box.pid) ? box : undefined;
  } catch {
    return undefined;
  }
}

function isOurs(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli');
}

/** @throws {EdgeError} `conflict` when a box runs on the data folder. */
export function refuseIfRunning(dataDir: string): void {
  const box = runningBox(dataDir);
  if (box === undefined) return;
  throw new EdgeError(
    'conflict',
    `A box runs on ${dataDir} already: process ${box.pid} at ${box.url}. Stop it first, or give this one a DATA_DIR of its own.`,
  );
}
