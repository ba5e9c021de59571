import { type Client, createClient, LibsqlError } from '@libsql/client';
import { EdgeError } from '../../src/core/errors.ts';
import { type Driver, EXPECTATION_CONSTRAINT } from '../../src/store/group-commit.ts';
import type { Row, SqlValue } from '../../src/store/store.ts';

export interface LibsqlOptions {
  /** `file:/path/edge.db`, or the URL of a remote libSQL. */
  readonly url: string;
  readonly authToken?: string;
  /** Encrypts a local file at rest. */
  readonly encryptionKey?: string;
}

/**
 * Settings of a local file. FULL, because in WAL mode NORMAL may lose the last commits in a power cut
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 */
const FILE_PRAGMAS = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA cache_size = -32768',
  'PRAGMA temp_store = MEMORY',
  'PRAGMA wal_autocheckpoint = 4000',
];

/** How long another process may hold the file before an operation gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/** A driver over `@libsql/client`: a local file, or a remote libSQL over HTTP. */
export async function openLibsql(options: LibsqlOptions): Promise<Driver & { readonly client: Client }> {
  const isFile = options.url.startsWith('file:');
  const client = await translated(async () =>
    createClient({
      url: options.url,
      intMode: 'number',
      // Settings belong to a connection, so a file gets exactly one.
      ...(isFile ? { concurrency: 1, timeout: BUSY_TIMEOUT_MS } : {}),
      ...(options.authToken === undefined ? {} : { authToken: options.authToken }),
      ...(options.encryptionKey === undefined ? {} : { encryptionKey: options.encryptionKey }),
    }),
  );
  const configure = async () => {
    if (isFile) for (const pragma of FILE_PRAGMAS) await client.execute(pragma);
  };
  await translated(configure);

  return {
    client,
    parametersMax: 32_766,
    query: (statement) =>
      translated(async () => {
        const result = await client.execute({ sql: statement.sql, args: [...(statement.args ?? [])] });
        return result.rows.map((row) => toRow(result.columns, row));
      }),
    transaction: (statements) =>
      translated(async () => {
        try {
          await client.batch(
            statements.map((statement) => ({ sql: statement.sql, args: [...(statement.args ?? [])] })),
            'write',
          );
        } catch (error) {
          // A busy error leaves the connection unusable: open a new one for whoever comes next.
          if (isFile && codeOf(error).startsWith('SQLITE_BUSY')) {
            await client.reconnect();
            await configure();
          }
          throw error;
        }
      }),
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
  return error instanceof LibsqlError ? (error.extendedCode ?? error.code) : '';
}

/** The database error in the product's terms: what happened and what to do. */
export function toEdgeError(error: unknown): EdgeError {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes(EXPECTATION_CONSTRAINT)) {
    return new EdgeError('storage-conflict', 'The database changed since the decision was made.', { cause: error });
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
