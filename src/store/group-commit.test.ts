import { describe, expect, test } from 'vitest';
import { EdgeError } from '../core/errors.ts';
import { type Driver, groupCommitStore, planStatements } from './group-commit.ts';
import type { SqlStatement, Statement } from './store.ts';

const insert = (table: string, rows: number[][], onConflict?: string): Statement => ({
  insert: table,
  columns: ['a', 'b'],
  rows,
  ...(onConflict === undefined ? {} : { onConflict }),
});
const plan = (members: Statement[][], parametersMax = 1000): SqlStatement[] =>
  planStatements(
    members.map((statements) => ({ statements, expectations: [] })),
    parametersMax,
  );
const tablesOf = (statements: SqlStatement[]) => statements.map(({ sql }) => sql.split(' ')[2]);

describe('the statements of a shared commit', () => {
  test('carry the rows of several batches for one table together', () => {
    const statements = plan([[insert('t', [[1, 2]])], [insert('t', [[3, 4]])]]);
    expect(statements).toEqual([{ sql: 'INSERT INTO t (a, b) VALUES (?, ?), (?, ?)', args: [1, 2, 3, 4] }]);
  });

  test('never have more parameters than the driver takes, and lose no row', () => {
    const rows = Array.from({ length: 137 }, (_, index) => [index, -index]);
    for (const parametersMax of [2, 3, 7, 100]) {
      const statements = plan([[insert('t', rows)]], parametersMax);
      for (const { sql, args = [] } of statements) {
        expect(args.length).toBeLessThanOrEqual(parametersMax);
        expect(sql.split('?')).toHaveLength(args.length + 1);
      }
      expect(statements.flatMap(({ args = [] }) => args)).toEqual(rows.flat());
    }
  });

  test('do not carry rows past a statement that is not rows', () => {
    const update = { sql: 'UPDATE t SET a = 1' };
    expect(plan([[insert('t', [[1, 2]]), update, insert('t', [[3, 4]])]])).toHaveLength(3);
  });

  test('do not carry rows past rows for the same table in another form', () => {
    const statements = plan([
      [insert('t', [[1, 2]]), insert('u', [[0, 0]]), insert('t', [[3, 4]], 'DO'), insert('t', [[5, 6]])],
    ]);
    expect(tablesOf(statements)).toEqual(['t', 'u', 't', 't']);
    expect(statements.map(({ args = [] }) => args[0])).toEqual([1, 0, 3, 5]);
  });
});

describe('a group whose commit fails', () => {
  /** A driver that fails whatever holds the word `bad`, in a way that is given. */
  const failing = (error: EdgeError) => {
    const tried: number[] = [];
    const driver: Driver = {
      parametersMax: 100,
      query: async () => [],
      transaction: async (statements) => {
        tried.push(statements.length);
        if (statements.some(({ sql }) => sql === 'bad')) throw error;
      },
      close: async () => undefined,
    };
    return { tried, store: groupCommitStore(driver, { yield: async () => undefined, every: () => () => undefined }) };
  };
  const statuses = async (error: EdgeError) => {
    const { tried, store } = failing(error);
    const results = await Promise.allSettled(['good', 'bad', 'good'].map((sql) => store.batch([{ sql }])));
    return { tried, statuses: results.map((result) => result.status) };
  };

  test('is tried one by one when one batch may be at fault', async () => {
    expect(await statuses(new EdgeError('storage-conflict', ''))).toEqual({
      tried: [3, 1, 1, 1],
      statuses: ['fulfilled', 'rejected', 'fulfilled'],
    });
  });

  test.each([
    ['the disk is full', new EdgeError('storage-full', '')],
    ['the file is damaged', new EdgeError('storage-corrupt', '')],
    ['another process holds the file', new EdgeError('storage-unavailable', '', { extra: { busy: true } })],
  ])('is not tried again when %s', async (_what, error) => {
    expect(await statuses(error)).toEqual({ tried: [3], statuses: ['rejected', 'rejected', 'rejected'] });
  });
});
