import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../config.ts';
import { runningBox } from '../run-file.ts';

/** One finding, with what to do about it unless it is in order. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix?: string;
}

const FREE_WARN_BYTES = 1024 ** 3;
const FREE_FAIL_BYTES = 100 * 1024 ** 2;

/** Whether this Node.js runs the program. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fine = major > 22 || (major === 22 && minor >= 18);
  return {
    name: 'node',
    status: fine ? 'ok' : 'fail',
    detail: `Node.js ${version}`,
    ...(fine ? {} : { fix: 'Install Node.js 22.18 or newer, or start with npm start, which brings its own.' }),
  };
}

/** The data folder and the disk beneath, and whether a box runs. */
export function checkMachine(config: Config): Check[] {
  const { DATA_DIR: folder } = config;
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const checks: Check[] = [];
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
    checks.push({ name: 'data folder', status: 'ok', detail: `${folder} can be written` });
  } catch {
    checks.push({
      name: 'data folder',
      status: 'fail',
      detail: `${folder} cannot be written by this user`,
      fix: `Give this user rights on ${there}, or set another DATA_DIR.`,
    });
  }
  const { bavail, bsize } = statfsSync(there);
  checks.push(freeSpace(bavail * bsize, there));
  const box = runningBox(folder);
  checks.push({
    name: 'box',
    status: 'ok',
    detail: box === undefined ? 'not running' : `running at ${box.url} (process ${box.pid})`,
  });
  return checks;
}

/** What free space means for a box that must never refuse an order. */
export function freeSpace(bytes: number, folder: string): Check {
  const status = bytes < FREE_FAIL_BYTES ? 'fail' : bytes < FREE_WARN_BYTES ? 'warn' : 'ok';
  return {
    name: 'free space',
    status,
    detail: `${(bytes / 1024 ** 3).toFixed(1)} GiB free for ${folder}`,
    ...(status === 'ok'
      ? {}
      : { fix: 'Free space: old backups and edge.db.replaced-* files are the first to look at.' }),
  };
}
