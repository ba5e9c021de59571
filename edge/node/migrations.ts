import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgeError } from '../../src/core/errors.ts';
import type { Migration } from '../../src/store/migrate.ts';

/** The folder of a package's file, from wherever this module ended up after bundling. */
export function packageFolder(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new EdgeError('invalid-config', 'The package is incomplete: package.json is missing.');
    folder = parent;
  }
  return join(folder, name);
}

/** The SQL migrations of the package, in order. */
export function readMigrations(folder: string = packageFolder('migrations')): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.sql'.length), sql: readFileSync(join(folder, file), 'utf8') }));
}
