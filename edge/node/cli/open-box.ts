import { existsSync } from 'node:fs';
import { EdgeError } from '../../../src/core/errors.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { type Config, loadConfig } from '../config.ts';
import { databasePath } from '../open-store.ts';
import { openRuntime } from '../server.ts';

/** Works on the database that the configuration names, and closes it whatever happens. */
export async function withBox<T>(
  work: (runtime: Runtime, config: Config) => Promise<T>,
  options: { readonly mayCreate?: boolean } = {},
): Promise<T> {
  const { config } = await loadConfig();
  if (options.mayCreate !== true) refuseIfAbsent(config);
  const runtime = await openRuntime(config);
  try {
    return await work(runtime, config);
  } finally {
    await runtime.close();
  }
}

/** @throws {EdgeError} `not-found` when there is no database yet. */
export function refuseIfAbsent(config: Config): void {
  if (config.LIBSQL_URL !== undefined || existsSync(databasePath(config.DATA_DIR))) return;
  throw new EdgeError(
    'not-found',
    `There is no database at ${databasePath(config.DATA_DIR)}. Check DATA_DIR, or make one with \`dealeriq init\` or \`dealeriq start --demo\`.`,
  );
}

/** @throws {EdgeError} `invalid-config` when the database is not a file of this box. */
export function refuseIfRemote(config: Config, instead: string): void {
  if (config.LIBSQL_URL === undefined) return;
  throw new EdgeError(
    'invalid-config',
    `The database is a remote one (LIBSQL_URL), so there is no file here. ${instead}`,
  );
}
