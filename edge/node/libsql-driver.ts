import { fileURLToPath } from 'node:url';
import { createClient, LibsqlError } from '@libsql/client';
import Database from 'libsql';
import { EdgeError } from '../../src/core/errors.ts';
import { type Driver, EXPECTATION_CONSTRAINT } from '../../src/store/group-commit.ts';
import type { Row, SqlStatement, SqlValue } from '../../src/store/store.ts';
import { LibsqlFile } from './libsql-file.ts';

export interface LibsqlOptions {
  /** `file:/path/edge.db`, or the URL of a remote libSQL. */
  readonly url: string;
  readonly authToken?: string;
  /** Encrypts a local file at rest. */
  readonly encryptionKey?: string;
}

/** A driver over libSQL: a local file, or a remote database over HTTP. Throws `EdgeError`. */
export async function openLibsql(options: LibsqlOptions): Promise<Driver> {
  const { url, encryptionKey } = options;
  const driver = await translated(async () =>
    url.startsWith('file:') ? new LibsqlFile({ path: pathOf(url), encryptionKey }) : remote(options),
  );
  return {
    parametersMax: driver.parametersMax,
    query: (statement) => translated(() => driver.query(statement)),
    transaction: (statements) => translated(() => driver.transaction(statements)),
    close: () => driver.close(),
  };
}

function pathOf(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length);
}

function remote({ url, authToken }: LibsqlOptions): Driver {
  const client = createClient({ url, intMode: 'number', ...(authToken === undefined ? {} : { authToken }) });
  const toClient = ({ sql, args = [] }: SqlStatement) => ({ sql, args: [...args] });
  return {
    parametersMax: 32_766,
    query: async (statement) => {
      const result = await client.execute(toClient(statement));
      return result.rows.map((row) => toRow(result.columns, row));
    },
    transaction: async (statements) => {
      await client.batch(statements.map(toClient), 'write');
    },
    close: async () => client.close(),
  };
}

function toRow(columns: readonly string[], row: ArrayLike<unknown>): Row {
  const out: Record<string, SqlValue> = {};
  columns.forEach((column, index) => {
    const value = row[index];
    out[column] = value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqlValue);
  });
  return out;
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof EdgeError ? error : toEdgeError(error);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Database.SqliteError) return error.code;
  return error instanceof LibsqlError ? (error.extendedCode ?? error.code) : '';
}

/** The database error in the product's terms: what happened and what to do. */
export function toEdgeError(error: unknown): EdgeError {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes(EXPECTATION_CONSTRAINT)) {
    return new EdgeError('storage-changed', 'The database changed since the decision was made.', { cause: error });
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new EdgeError(
      'storage-full',
      'Nothing was saved. Free space on the disk of DATA_DIR and try again; reading still works.',
      { cause: error },
    );
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new EdgeError(
      'storage-corrupt',
      'The database file is damaged. Stop the runtime, keep the file for analysis and run `dealeriq restore <backup>`.',
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_CONSTRAINT')) {
    return new EdgeError('storage-conflict', `The database refused a row: ${message}`, { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new EdgeError(
      'storage-unavailable',
      'Another process holds the database. Stop it, or give this one a DATA_DIR of its own.',
      { cause: error, extra: { busy: true } },
    );
  }
  return new EdgeError('storage-unavailable', `The database answered: ${message}`, { cause: error });
}
