import Database from 'libsql';
import type { Driver } from '../../src/store/group-commit.ts';
import type { Row, SqlStatement, SqlValue } from '../../src/store/store.ts';

export interface LibsqlFileOptions {
  readonly path: string;
  readonly encryptionKey?: string | undefined;
}

/**
 * Settings of the connection. FULL, because in WAL mode NORMAL may lose the last commits in a power cut
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 */
const PRAGMAS = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA cache_size = -32768',
  'PRAGMA temp_store = MEMORY',
  'PRAGMA wal_autocheckpoint = 4000',
];

/** How long another process may hold the file before an operation gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/** Prepared statements that are kept. A runtime has about a hundred texts. */
const STATEMENTS_KEPT = 256;

/**
 * A libSQL file over one connection. It uses the library beneath `@libsql/client`, because that client prepares
 * every statement anew, which costs a small commit as much as running it.
 */
export class LibsqlFile implements Driver {
  readonly parametersMax = 32_766;
  readonly #options: LibsqlFileOptions;
  #database: Database.Database;
  #prepared = new Map<string, Prepared>();

  constructor(options: LibsqlFileOptions) {
    this.#options = options;
    this.#database = this.#open();
  }

  async query(statement: SqlStatement): Promise<readonly Row[]> {
    return this.#run(statement);
  }

  async transaction(statements: readonly SqlStatement[]): Promise<void> {
    try {
      this.#run({ sql: 'BEGIN IMMEDIATE' });
      for (const statement of statements) this.#run(statement);
      this.#run({ sql: 'COMMIT' });
    } catch (error) {
      this.#recover(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#database.open) return;
    try {
      // The library lets go of the file when statements are collected, so it cannot tidy up by itself.
      this.#run({ sql: 'PRAGMA wal_checkpoint(TRUNCATE)' });
    } finally {
      this.#prepared.clear();
      this.#database.close();
    }
  }

  #run(statement: SqlStatement): Row[] {
    const { prepared, returnsRows } = this.#prepare(statement.sql);
    const args = statement.args ?? [];
    if (returnsRows) return prepared.all(args).map(toRow);
    prepared.run(args);
    return [];
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare<[readonly SqlValue[]]>(sql);
    const fresh = { prepared, returnsRows: prepared.reader };
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size < STATEMENTS_KEPT) break;
      this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, fresh);
    return fresh;
  }

  /** Ends a transaction that failed. A busy error leaves the connection unusable, so whoever comes next gets a new one. */
  #recover(error: unknown): void {
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    try {
      if (this.#database.inTransaction) this.#run({ sql: 'ROLLBACK' });
      if (!busy) return;
    } catch {
      // A connection that cannot even roll back is of no use either.
    }
    this.#prepared.clear();
    this.#database.close();
    this.#database = this.#open();
  }

  #open(): Database.Database {
    const { path, encryptionKey } = this.#options;
    const options = { timeout: BUSY_TIMEOUT_MS, ...(encryptionKey === undefined ? {} : { encryptionKey }) };
    const database = new Database(path, options);
    for (const pragma of PRAGMAS) {
      const statement = database.prepare(pragma);
      if (statement.reader) statement.all();
      else statement.run();
    }
    return database;
  }
}

interface Prepared {
  readonly prepared: Database.Statement<[readonly SqlValue[]]>;
  readonly returnsRows: boolean;
}

function toRow(row: unknown): Row {
  const values = row as Record<string, SqlValue | ArrayBuffer>;
  for (const column in values) {
    const value = values[column];
    if (value instanceof ArrayBuffer) values[column] = new Uint8Array(value);
  }
  return values as Row;
}
