import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import { type Config, loadConfig } from '../config.ts';
import { databasePath } from '../open-store.ts';
import { seedDemo } from '../seed-demo.ts';
import { openRuntime } from '../server.ts';
import { printResult } from './output.ts';

/** Between two lines of progress where there is no terminal, in events. */
const LINE_EVERY = 20_000;

export const seed = defineCommand({
  meta: { name: 'seed', description: 'Make a database with the demo dealer: a catalogue and 18 months of orders' },
  args: { json: { type: 'boolean', description: 'Print JSON', default: false } },
  async run({ args }) {
    const { config } = await loadConfig();
    if (existsSync(databasePath(config.DATA_DIR))) {
      throw new EdgeError('conflict', `${databasePath(config.DATA_DIR)} is there already. Choose another DATA_DIR.`);
    }
    const startedMs = performance.now();
    const events = await seedAside(config);
    const seconds = Math.round(performance.now() - startedMs) / 1000;
    printResult(args.json, { events, seconds }, () => [`The demo dealer has ${events} events (${seconds} s).`]);
  },
});

/** Fills a database beside the real place and moves it there when it is whole: half a demo is never started. */
async function seedAside(config: Config): Promise<number> {
  const folder = join(config.DATA_DIR, 'seeding');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const runtime = await openRuntime({ ...config, DATA_DIR: folder });
  let printed = 0;
  const events = await seedDemo(runtime, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[KSeeding the demo dealer: ${done} events`);
    else if (done - printed >= LINE_EVERY) {
      printed = done;
      process.stderr.write(`Seeding the demo dealer: ${done} events\n`);
    }
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  await runtime.close();
  renameSync(databasePath(folder), databasePath(config.DATA_DIR));
  rmSync(folder, { recursive: true, force: true });
  return events;
}

/** Runs `dealeriq seed` in a process of its own, so that the memory it takes is given back. */
export function seedInOwnProcess(): void {
  const { status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'seed'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new EdgeError('internal', 'The demo dealer could not be made; the lines above say why.');
}
