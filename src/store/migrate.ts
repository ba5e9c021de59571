import { EdgeError } from '../core/errors.ts';
import type { Store } from './store.ts';

/** One step of the schema, in the order of its name. */
export interface Migration {
  /** The file name without its ending, such as `0001_search`. */
  readonly name: string;
  readonly sql: string;
}

const CREATE_LEDGER =
  'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL, sql_text TEXT NOT NULL, applied_at_ms INTEGER NOT NULL)';

/**
 * Statements that lose rows on a platform where foreign keys cascade through a table rebuild; migrations are
 * append-only, so none of them needs these.
 */
const FORBIDDEN = /\bDROP\s+TABLE\b|__new_/i;

/**
 * Applies the migrations that the database lacks, each in a batch of its own.
 * @returns the names that were applied.
 * @throws {EdgeError} `storage-conflict` when an applied migration's text has changed or the database is newer
 *   than this program.
 */
export async function migrate(store: Store, migrations: readonly Migration[], nowMs: number): Promise<string[]> {
  await store.batch([{ sql: CREATE_LEDGER }]);
  const rows = await store.read({ sql: 'SELECT name, sql_text FROM migrations ORDER BY name' });
  const done = new Map(rows.map((row) => [String(row.name), String(row.sql_text)]));
  checkLedger(done, migrations);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (done.has(migration.name)) continue;
    if (FORBIDDEN.test(migration.sql)) {
      throw new EdgeError(
        'invalid-config',
        `Migration ${migration.name} drops or rebuilds a table. Migrations only add; write it as added columns or tables.`,
      );
    }
    await store.batch([
      ...statementsOf(migration.sql).map((sql) => ({ sql })),
      {
        insert: 'migrations',
        columns: ['name', 'sql_text', 'applied_at_ms'],
        rows: [[migration.name, migration.sql, nowMs]],
      },
    ]);
    applied.push(migration.name);
  }
  return applied;
}

function checkLedger(done: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.sql]));
  for (const [name, sql] of done) {
    const here = known.get(name);
    if (here === undefined) {
      throw new EdgeError(
        'storage-conflict',
        `The database has migration ${name}, which this version does not know. Start the version that wrote it, or a newer one.`,
      );
    }
    if (here !== sql) {
      throw new EdgeError(
        'storage-conflict',
        `Migration ${name} was changed after it had been applied. Restore its text and add a new migration instead.`,
      );
    }
  }
}

function statementsOf(sql: string): string[] {
  return sql
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
