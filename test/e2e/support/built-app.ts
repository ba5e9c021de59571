import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Builds the dealer app into dist/app, unless what is there is newer than its sources. */
export async function ensureAppIsBuilt(): Promise<void> {
  const index = join(ROOT, 'dist/app/index.html');
  const builtAtMs = existsSync(index) ? statSync(index).mtimeMs : 0;
  const sources = readdirSync(join(ROOT, 'app'), { recursive: true, withFileTypes: true });
  const fresh = sources.every(
    (entry) => !entry.isFile() || statSync(join(entry.parentPath, entry.name)).mtimeMs < builtAtMs,
  );
  if (!fresh) await build({ configFile: join(ROOT, 'app/vite.config.ts'), logLevel: 'warn' });
}
