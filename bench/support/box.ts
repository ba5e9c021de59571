import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { packageFolder } from '../../edge/node/migrations.ts';
import { type ServerProcess, startProcess } from './processes.ts';

const ROOT = dirname(packageFolder('package.json'));

/** Builds the package if a source has changed: start-up and memory are measured on what is shipped. */
export function buildPackage(): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.ts'), '--if-stale'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The package does not build, so there is nothing to measure.');
}

/** The command line of the built package, and of the sources. */
export const BUILT = join(ROOT, 'bin', 'dealeriq.js');
const SOURCES = join(ROOT, 'edge', 'node', 'cli.ts');

/** The environment of a box: everything at its default but where it keeps its data and listens. */
export function boxEnvironment(dataDir: string, port: number): Record<string, string> {
  return { DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'warning' };
}

/** Starts a box from the sources, as `dealeriq start` does; it takes the same requests as the built one. */
export function startBox(dataDir: string): Promise<ServerProcess> {
  return startProcess([SOURCES, 'start'], boxEnvironment(dataDir, 0));
}

/** The path of a file of the benchmarks, for a process to run. */
export function benchFile(...parts: readonly string[]): string {
  return join(ROOT, 'bench', ...parts);
}
