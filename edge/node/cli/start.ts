import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { checkBeforeStart } from '../backup/check-database.ts';
import { loadConfig } from '../config.ts';
import { configureLogs, log } from '../log.ts';
import { databasePath } from '../open-store.ts';
import { openRuntime, startServer } from '../server.ts';
import { print, printError } from './output.ts';
import { refuseIfRunning, runFilePath } from './run-file.ts';
import { seedInOwnProcess } from './seed.ts';

/** How long requests under way may take after a signal, in milliseconds. */
const SHUTDOWN_MS = 10_000;

export const start = defineCommand({
  meta: { name: 'start', description: 'Run the edge runtime: HTTP API, dealer app at /, API reference at /docs' },
  args: {
    demo: { type: 'boolean', description: 'Fill an empty database with the demo dealer', default: false },
    reset: { type: 'boolean', description: 'Delete the database of DATA_DIR first', default: false },
  },
  async run({ args }) {
    const startedMs = performance.now();
    const { config } = await loadConfig();
    await configureLogs(config.LOG_LEVEL);
    refuseIfRunning(config.DATA_DIR);
    if (args.reset) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(databasePath(config.DATA_DIR) + suffix, { force: true });
    }
    if (config.LIBSQL_URL === undefined) checkBeforeStart(databasePath(config.DATA_DIR), config.LIBSQL_ENCRYPTION_KEY);
    if (args.demo && config.LIBSQL_URL === undefined && !existsSync(databasePath(config.DATA_DIR))) seedInOwnProcess();
    const runtime = await openRuntime(config);
    const server = await startServer(config, runtime);
    writeFileSync(runFilePath(config.DATA_DIR), JSON.stringify({ pid: process.pid, url: server.url }));
    print(`DealerIQ Edge is ready at ${server.url} (${Math.round(performance.now() - startedMs)} ms)`);
    print(`  dealer app  ${server.url}/`);
    print(`  API         ${server.url}/docs`);
    print(`  database    ${join(config.DATA_DIR, 'edge.db')} (dealer ${config.DEALER_ID}, device ${config.DEVICE_ID})`);

    let stopping = false;
    const stop = (signal: string) => {
      if (stopping) return;
      stopping = true;
      log.info('Stopping after {signal}', { signal });
      setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
      server
        .close()
        .then(() => {
          rmSync(runFilePath(config.DATA_DIR), { force: true });
          process.exit(0);
        })
        .catch((error: unknown) => {
          printError(error);
          process.exit(1);
        });
    };
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('SIGTERM', () => stop('SIGTERM'));
  },
});
