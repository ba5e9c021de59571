import { existsSync } from 'node:fs';
import { EdgeError } from '../../../../src/core/errors.ts';
import { describeDatabase } from '../../backup/describe-database.ts';
import type { Config } from '../../config.ts';
import { readMigrations } from '../../migrations.ts';
import { databasePath } from '../../open-store.ts';
import type { Check } from './machine.ts';

/** The database file: there, whole, and of a schema that this program knows. Nothing is changed. */
export function checkFile(config: Config): Check[] {
  if (config.LIBSQL_URL !== undefined) return [{ name: 'database', status: 'ok', detail: 'remote (LIBSQL_URL)' }];
  const path = databasePath(config.DATA_DIR);
  if (!existsSync(path)) {
    return [
      {
        name: 'no database',
        status: 'warn',
        detail: `${path} does not exist yet`,
        fix: 'Make it with `dealeriq init`, or `dealeriq start --demo`. If there was one, `dealeriq restore BACKUP`.',
      },
    ];
  }
  try {
    const { bytes, migrations } = describeDatabase(path, config.LIBSQL_ENCRYPTION_KEY);
    return [
      {
        name: 'database',
        status: 'ok',
        detail: `${path}, ${(bytes / 1024 ** 2).toFixed(1)} MiB, quick_check finds nothing`,
      },
      checkMigrations(migrations),
    ];
  } catch (error) {
    const detail = error instanceof EdgeError ? error.detail : error instanceof Error ? error.message : String(error);
    const fix = 'Stop the box, keep the file for analysis, and run `dealeriq restore BACKUP`.';
    return [{ name: 'database', status: 'fail', detail, fix }];
  }
}

function checkMigrations(applied: readonly string[]): Check {
  const known = readMigrations().map((migration) => migration.name);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return {
      name: 'migrations',
      status: 'fail',
      detail: `the database has ${unknown.join(', ')}, which this version does not know`,
      fix: 'Start the version that wrote it, or a newer one.',
    };
  }
  const open = known.filter((name) => !applied.includes(name));
  return open.length === 0
    ? { name: 'migrations', status: 'ok', detail: `${applied.length} applied` }
    : {
        name: 'migrations',
        status: 'warn',
        detail: `${open.join(', ')} not applied yet`,
        fix: 'The next start applies them.',
      };
}
