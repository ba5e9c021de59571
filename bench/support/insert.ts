import type Database from 'better-sqlite3';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';

/** A prepared insert of a drizzle row into its table. */
export function insertInto<Row extends object>(
  database: Database.Database,
  table: SQLiteTable & { $inferInsert: Row },
  suffix: string,
): (row: Row) => void {
  const columns = getTableConfig(table).columns;
  const names = columns.map((column) => column.name).join(', ');
  const statement = database.prepare(
    `INSERT INTO ${getTableConfig(table).name} (${names}) VALUES (${columns.map(() => '?').join(', ')}) ${suffix}`,
  );
  // The keys of a drizzle row, in the order of the columns.
  const keys = columns.map((column) => Object.entries(table).find(([, value]) => value === column)?.[0] ?? column.name);
  return (row) => {
    statement.run(keys.map((key) => (row as Record<string, unknown>)[key] ?? null));
  };
}
