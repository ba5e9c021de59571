import { EdgeError } from '../core/errors.ts';
import type { Scheduler } from '../core/ports.ts';
import { concernsEveryone } from './failures.ts';
import type { Expectation, Row, SqlStatement, SqlValue, Statement, Store } from './store.ts';
import { isInsert } from './store.ts';

/** What an adapter has to bring; the writer queue and group commit are the same for all. */
export interface Driver {
  /** Bound parameters that one statement may have. */
  readonly parametersMax: number;
  query(statement: SqlStatement): Promise<readonly Row[]>;
  /** Runs all statements in one transaction and resolves after it is durable. Throws `EdgeError`. */
  transaction(statements: readonly SqlStatement[]): Promise<void>;
  close(): Promise<void>;
}

interface Member {
  readonly statements: readonly Statement[];
  readonly expectations: readonly Expectation[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Batches that share one commit at the most. */
const MEMBERS_PER_COMMIT = 256;

/**
 * Rows that one statement carries at the most. Statements carry a power of two of them, so that there are few texts
 * and a driver can keep them prepared.
 */
const ROWS_PER_STATEMENT = 128;

/**
 * A `Store` over a driver: one writer queue, and one commit for all batches that wait at the same time
 * (group commit). When a shared commit fails, each member is tried alone, so that only the one at fault fails.
 */
export function groupCommitStore(driver: Driver, scheduler: Scheduler): Store {
  let queue: Member[] = [];
  let draining: Promise<void> | undefined;
  let closed = false;

  async function commit(members: readonly Member[]): Promise<void> {
    try {
      await driver.transaction(planStatements(members, driver.parametersMax));
    } catch (error) {
      const [, ...others] = members;
      if (others.length === 0 || concernsEveryone(error)) {
        for (const member of members) member.reject(error);
        return;
      }
      for (const member of members) await commit([member]);
      return;
    }
    for (const member of members) member.resolve();
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const members = queue.slice(0, MEMBERS_PER_COMMIT);
      queue = queue.slice(MEMBERS_PER_COMMIT);
      await commit(members);
      // Lets sockets be read, and lets the driver free what it holds until the event loop turns.
      await scheduler.yield();
    }
    draining = undefined;
  }

  return {
    read: (statement) => driver.query(statement),
    batch(statements, expectations = []) {
      if (closed) {
        return Promise.reject(new EdgeError('storage-unavailable', 'The database is closed; start the runtime again.'));
      }
      return new Promise((resolve, reject) => {
        queue.push({ statements, expectations, resolve, reject });
        draining ??= Promise.resolve().then(drain);
      });
    },
    async close() {
      closed = true;
      await draining;
      await driver.close();
    },
  };
}

/** The name that an adapter finds in the error of an expectation that does not hold. */
export const EXPECTATION_CONSTRAINT = 'expectation_held';

/**
 * The statements of one commit. Rows for the same table travel together, across members too, until a statement
 * that is not plain rows comes between: inserts into different tables commute, anything else may not. Rows for one
 * table in two forms (other columns, another conflict clause) do not commute either.
 */
export function planStatements(members: readonly Pick<Member, 'statements' | 'expectations'>[], parametersMax: number) {
  const plan: SqlStatement[] = [];
  let open = new Map<
    string,
    { table: string; columns: readonly string[]; rows: (readonly SqlValue[])[]; prefix: string; suffix: string }
  >();

  const flush = () => {
    for (const insert of open.values()) {
      const rowsMax = Math.max(1, Math.min(ROWS_PER_STATEMENT, Math.floor(parametersMax / insert.columns.length)));
      for (let start = 0; start < insert.rows.length; ) {
        const size = powerOfTwoUpTo(Math.min(rowsMax, insert.rows.length - start));
        plan.push(multiRowInsert(insert, insert.rows.slice(start, start + size)));
        start += size;
      }
    }
    open = new Map();
  };

  for (const member of members) {
    for (const expectation of member.expectations) {
      flush();
      plan.push(guard(expectation));
    }
    for (const statement of member.statements) {
      if (!isInsert(statement)) {
        flush();
        plan.push(statement);
        continue;
      }
      const key = `${statement.insert}|${statement.columns.join()}|${statement.onConflict ?? ''}`;
      const same = open.get(key);
      if (same === undefined) {
        if ([...open.values()].some((other) => other.table === statement.insert)) flush();
        open.set(key, {
          table: statement.insert,
          columns: statement.columns,
          rows: [...statement.rows],
          prefix: `INSERT INTO ${statement.insert} (${statement.columns.join(', ')}) VALUES `,
          suffix: statement.onConflict === undefined ? '' : ` ${statement.onConflict}`,
        });
      } else {
        for (const row of statement.rows) same.rows.push(row);
      }
    }
  }
  flush();
  return plan;
}

function powerOfTwoUpTo(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}

function multiRowInsert(
  insert: { columns: readonly string[]; prefix: string; suffix: string },
  rows: readonly (readonly SqlValue[])[],
): SqlStatement {
  const one = `(${insert.columns.map(() => '?').join(', ')})`;
  return { sql: insert.prefix + rows.map(() => one).join(', ') + insert.suffix, args: rows.flat() };
}

function guard(expectation: Expectation): SqlStatement {
  return {
    sql: `INSERT INTO expectations (held) SELECT 0 WHERE (${expectation.sql}) IS NOT ?`,
    args: [...(expectation.args ?? []), expectation.equals],
  };
}
