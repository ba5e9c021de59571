import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'dist/app');

/** Builds the dealer app into dist/app, unless what is there is newer than its sources. */
export function ensureAppIsBuilt(): void {
  const index = join(BUILT, 'index.html');
  const builtAtMs = existsSync(index) ? statSync(index).mtimeMs : 0;
  const sources = readdirSync(join(ROOT, 'app'), { recursive: true, withFileTypes: true });
  const fresh = sources.every(
    (entry) => !entry.isFile() || statSync(join(entry.parentPath, entry.name)).mtimeMs < builtAtMs,
  );
  if (fresh) return;
  // A process of its own: in this one NODE_ENV is "test", and what ships is what has to be tested.
  execFileSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'app/vite.config.ts', '--logLevel', 'warn'],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } },
  );
}

/** How much JavaScript the page loads before it can be used, in bytes with gzip. */
export function initialScriptBytes(): number {
  const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
  if (scripts.length === 0) throw new Error('dist/app/index.html loads no script');
  return scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(BUILT, path))).length, 0);
}
