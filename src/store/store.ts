/** A value that every SQLite driver takes and gives back unchanged. Booleans are 0 and 1; no bigint. */
export type SqlValue = string | number | null | Uint8Array;

export interface SqlStatement {
  readonly sql: string;
  readonly args?: readonly SqlValue[];
}

/**
 * Rows for one table. The adapter picks the fastest form that its driver takes, and may send the rows of
 * several batches as one statement when they differ in `rows` only.
 */
export interface InsertStatement {
  readonly insert: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** What follows the values, such as `ON CONFLICT(sku) DO NOTHING`. */
  readonly onConflict?: string;
}

export type Statement = SqlStatement | InsertStatement;

/** Something that must hold when the batch runs: a query of one value, and the value. */
export interface Expectation {
  readonly sql: string;
  readonly args?: readonly SqlValue[];
  readonly equals: SqlValue;
}

export type Row = Readonly<Record<string, SqlValue>>;

/**
 * The database port. All-or-nothing batches, no callback transactions: the one form that a libSQL file, a
 * remote libSQL and Durable Object storage can all keep.
 */
export interface Store {
  /** Rows of one query, from committed data. */
  read(statement: SqlStatement): Promise<readonly Row[]>;
  /**
   * Runs all statements or none, and resolves after they are durable. Batches that wait at the same time may
   * share a commit; the failure of one never fails another.
   * @throws {EdgeError} `storage-changed` when an expectation does not hold, `storage-conflict` when the database
   *   refuses a row, `storage-full`, `storage-corrupt`, `storage-unavailable`; in every case nothing of the batch was
   *   written.
   */
  batch(statements: readonly Statement[], expectations?: readonly Expectation[]): Promise<void>;
  /** Waits for what was accepted and closes. Later calls are refused. */
  close(): Promise<void>;
}

/** Whether a statement is rows for a table. */
export function isInsert(statement: Statement): statement is InsertStatement {
  return 'insert' in statement;
}
