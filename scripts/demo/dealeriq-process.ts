import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';
import { launchServer } from '../services/server-process.ts';
import type { Processes } from './processes.ts';

const run = promisify(execFile);

const CLI = resolve(import.meta.dirname, '../../edge/node/cli.ts');

/** As bin/dealeriq.js has it. */
const MEMORY = '--max-semi-space-size=16';

export interface DealeriqLaunch {
  /** What it is called in errors and among the processes; also its folder below `root`. */
  readonly name: string;
  readonly root: string;
  readonly args: readonly [string, ...string[]];
  /** Its settings: nothing else of the surroundings reaches it. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts a `dealeriq` command that serves, as a process of its own. @returns the address that it says it is ready at. */
export async function startDealeriq(processes: Processes, launch: DealeriqLaunch): Promise<string> {
  const folder = join(launch.root, launch.name);
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, `${launch.name}.log`);
  const url = () => /is ready at (http:\S+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
  const { PATH = '', HOME = '' } = process.env;
  await processes.add(
    launch.name,
    launchServer({
      name: `dealeriq ${launch.args.join(' ')} (${launch.name})`,
      // From its own folder, where it finds no configuration file of the user's.
      command: ['sh', '-c', 'cd "$0" && exec "$@"', folder, process.execPath, MEMORY, CLI, ...launch.args],
      env: { PATH, HOME, NO_COLOR: '1', LOG_LEVEL: 'info', DATA_DIR: folder, ...launch.settings },
      logFile,
      detached: true,
      isReady: async () => url() !== undefined,
    }),
  );
  const address = url();
  if (address === undefined) throw new EdgeError('internal', `${launch.name} is ready, but does not say where.`);
  return address;
}

/** Runs a `dealeriq` command to its end. @returns what it printed as JSON. @throws {EdgeError} `internal` with what it said. */
export async function runDealeriq(
  folder: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { PATH = '', HOME = '' } = process.env;
  try {
    const { stdout } = await run(process.execPath, [CLI, ...args, '--json'], {
      cwd: folder,
      env: { PATH, HOME, NO_COLOR: '1', DATA_DIR: folder, ...settings },
      maxBuffer: 16 * 1024 * 1024,
    });
    return JSON.parse(stdout) as unknown;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new EdgeError('internal', `dealeriq ${args.join(' ')} failed: ${stderr.trim() || message}`, { cause: error });
  }
}
