import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds the package into dist/: bundles (tsdown), the dealer app (Vite) and type declarations (tsc).
 * `--if-stale` builds what runs, and only when a source has changed since the last build, so that `npm start` is quick.
 */

const SOURCES = ['src', 'edge', 'sync', 'models', 'app', 'package.json', 'tsdown.config.ts', 'tsconfig.base.json'];
const STAMP = join('dist', '.sources');

const toRun = process.argv.includes('--if-stale');
const digest = digestOf(SOURCES);
const isFresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
if (toRun && isFresh) process.exit(0);

process.stderr.write('Building…\n');
rmSync('dist', { recursive: true, force: true });
run('tsdown', ['--log-level', 'warn']);
if (existsSync(join('app', 'vite.config.ts')))
  run('vite', ['build', '--config', 'app/vite.config.ts', '--logLevel', 'warn']);
if (!toRun) run('tsc', ['-p', 'tsconfig.build.json']);
writeFileSync(STAMP, digest);

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(join('node_modules', '.bin', command), args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(`${command} failed. Its output is above.\n`);
    process.exit(1);
  }
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const visit = (path: string) => {
    const isTest = path.endsWith('.test.ts') || path.endsWith('.test.tsx');
    if (isTest || !existsSync(path)) return;
    const entries = readdirSyncOrFile(path);
    if (entries === undefined) hash.update(`${path}\n`).update(readFileSync(path));
    else for (const entry of entries) visit(join(path, entry));
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}

function readdirSyncOrFile(path: string): string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch {
    return undefined;
  }
}
