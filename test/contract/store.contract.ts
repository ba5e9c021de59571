import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import type { Statement, Store } from '../../src/store/store.ts';

/** A store under test, with what the suite needs to see and do around it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Bound parameters that one statement of the driver may have. */
  readonly parametersMax: number;
  /** Transactions that the driver has begun so far, successful or not. */
  transactions(): number;
  /** Parameters of the largest statement so far. */
  largestStatement(): number;
  /** Another connection takes the write lock; the result gives it back. Left out where there is one connection only. */
  lockFromElsewhere?(): Promise<() => Promise<void>>;
  dispose(): Promise<void>;
}

const TABLES = [
  'CREATE TABLE things (id INTEGER PRIMARY KEY, value)',
  'CREATE TABLE more (id INTEGER PRIMARY KEY, value)',
  'CREATE TABLE expectations (held INTEGER NOT NULL, CONSTRAINT "expectation_held" CHECK (held = 1))',
];

const things = (...rows: [id: number, value: string | number | null | Uint8Array][]): Statement => ({
  insert: 'things',
  columns: ['id', 'value'],
  rows,
});
const count = { sql: 'SELECT count(*) FROM things' };
/** Fails for a reason that is the batch's own. */
const broken: Statement = { sql: 'INSERT INTO no_such_table VALUES (1)' };

/** What every adapter of the `Store` port keeps. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store on ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      under = await open();
      store = under.store;
      await store.batch(TABLES.map((sql) => ({ sql })));
    });
    afterEach(() => under.dispose());

    const ids = async () => (await store.read({ sql: 'SELECT id FROM things ORDER BY id' })).map((row) => row.id);
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof EdgeError ? error.code : String(error)),
      );

    test('writes all of a batch or nothing', async () => {
      await store.batch([things([1, 'a']), { sql: 'UPDATE things SET value = ? WHERE id = ?', args: ['b', 1] }]);
      expect(await store.read({ sql: 'SELECT id, value FROM things' })).toEqual([{ id: 1, value: 'b' }]);
      expect(await codeOf(store.batch([things([2, 'c']), { sql: 'DELETE FROM things' }, broken]))).not.toBe('done');
      expect(await store.read({ sql: 'SELECT id, value FROM things' })).toEqual([{ id: 1, value: 'b' }]);
    });

    test('reports a broken constraint as a conflict and takes the next batch', async () => {
      await store.batch([things([1, 'a'])]);
      expect(await codeOf(store.batch([things([2, 'b'], [1, 'again'])]))).toBe('storage-conflict');
      await store.batch([things([3, 'c'])]);
      expect(await ids()).toEqual([1, 3]);
    });

    test('runs a batch whose expectation holds', async () => {
      await store.batch([things([1, 'a'])], [{ ...count, equals: 0 }]);
      await store.batch(
        [things([2, 'b'])],
        [
          { ...count, equals: 1 },
          { sql: 'SELECT value FROM things WHERE id = ?', args: [1], equals: 'a' },
          { sql: 'SELECT value FROM things WHERE id = 9', equals: null },
        ],
      );
      expect(await ids()).toEqual([1, 2]);
    });

    test('writes nothing of a batch whose expectation does not hold', async () => {
      expect(await codeOf(store.batch([things([1, 'a'])], [{ ...count, equals: 7 }]))).toBe('storage-changed');
      expect(await codeOf(store.batch([], [{ sql: 'SELECT NULL', equals: 0 }]))).toBe('storage-changed');
      expect(await ids()).toEqual([]);
      expect(await store.read({ sql: 'SELECT held FROM expectations' })).toEqual([]);
    });

    test('checks an expectation after the batches that came before it', async () => {
      const results = await Promise.all([
        codeOf(store.batch([things([1, 'a'])], [{ ...count, equals: 0 }])),
        codeOf(store.batch([things([2, 'b'])], [{ ...count, equals: 1 }])),
        codeOf(store.batch([things([3, 'c'])], [{ ...count, equals: 0 }])),
      ]);
      expect(results).toEqual(['done', 'done', 'storage-changed']);
      expect(await ids()).toEqual([1, 2]);
    });

    test('lets 64 batches that wait together share few commits', async () => {
      const before = under.transactions();
      await Promise.all(Array.from({ length: 64 }, (_, index) => store.batch([things([index, 'x'])])));
      expect(await store.read({ sql: 'SELECT count(*) AS n FROM things' })).toEqual([{ n: 64 }]);
      expect(under.transactions() - before).toBeLessThanOrEqual(2);
    });

    test.each([
      ['a broken statement', [broken]],
      ['a row that exists', [things([0, 'twice'])]],
    ])('fails one batch of a group with %s, and none of the others', async (_what, fault) => {
      await store.batch([things([0, 'first'])]);
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          codeOf(store.batch(index === 7 ? [things([100, 'poison']), ...fault] : [things([index + 1, 'x'])])),
        ),
      );
      expect(results.map((result) => result === 'done')).toEqual(results.map((_, index) => index !== 7));
      expect(await ids()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16]);
    });

    test('keeps the order of statements within a batch', async () => {
      const upsert = (value: string): Statement => ({
        ...things([1, value]),
        onConflict: 'ON CONFLICT(id) DO UPDATE SET value = excluded.value',
      });
      await store.batch([
        things([1, 'first']),
        { insert: 'more', columns: ['id', 'value'], rows: [[1, 'other']] },
        { sql: 'UPDATE things SET value = ? WHERE id = 1', args: ['second'] },
        upsert('third'),
        { insert: 'things', columns: ['id'], rows: [[1]], onConflict: 'ON CONFLICT(id) DO UPDATE SET value = NULL' },
        upsert('last'),
        { insert: 'more', columns: ['id', 'value'], rows: [[2, 'another']] },
      ]);
      expect(await store.read({ sql: 'SELECT value FROM things' })).toEqual([{ value: 'last' }]);
    });

    test('keeps the order of batches that share a commit', async () => {
      const set = (value: number) =>
        store.batch([
          {
            insert: 'things',
            columns: ['id', 'value'],
            rows: [[1, value]],
            onConflict: 'ON CONFLICT(id) DO UPDATE SET value = excluded.value',
          },
        ]);
      const double = () => store.batch([{ sql: 'UPDATE things SET value = value * 2' }]);
      await Promise.all([set(1), double(), set(5), double(), double()]);
      expect(await store.read({ sql: 'SELECT value FROM things' })).toEqual([{ value: 20 }]);
    });

    test.each([
      ['text', 'Schläuche “DN 08” 🚜\n\ttab'],
      ['empty text', ''],
      ['null', null],
      ['a whole number', 42],
      ['the largest exact whole number', Number.MAX_SAFE_INTEGER],
      ['the smallest exact whole number', Number.MIN_SAFE_INTEGER],
      ['a fraction', 0.1 + 0.2],
      ['bytes', Uint8Array.from({ length: 256 }, (_, index) => index)],
      ['no bytes', new Uint8Array()],
    ])('gives back %s as it was', async (_what, value) => {
      await store.batch([things([1, value]), { sql: 'INSERT INTO things VALUES (2, ?)', args: [value] }]);
      const rows = await store.read({ sql: 'SELECT value FROM things ORDER BY id' });
      expect(rows).toHaveLength(2);
      for (const row of rows) {
        if (!(value instanceof Uint8Array)) expect(row.value).toBe(value);
        else {
          expect(row.value).toBeInstanceOf(Uint8Array);
          expect([...(row.value as Uint8Array)]).toEqual([...value]);
        }
      }
    });

    test('reads what is committed and nothing of what is under way', async () => {
      const seen: number[] = [];
      const writes = Array.from({ length: 20 }, (_, index) =>
        store.batch([things([index * 2, 'x']), { sql: 'SELECT 1' }, things([index * 2 + 1, 'y'])]),
      );
      const reads = Array.from({ length: 20 }, async () => {
        const [row] = await store.read({ sql: 'SELECT count(*) AS n FROM things' });
        seen.push(Number(row?.n));
      });
      await Promise.all([...writes, ...reads]);
      expect(seen.filter((n) => n % 2 !== 0)).toEqual([]);
      expect(await store.read({ sql: 'SELECT count(*) AS n FROM things' })).toEqual([{ n: 40 }]);
    });

    test('writes more rows than one statement can have parameters', async () => {
      const rows = Math.ceil((under.parametersMax * 2.5) / 2);
      await store.batch([things(...Array.from({ length: rows }, (_, id): [number, number] => [id, id * 2]))]);
      expect(await store.read({ sql: 'SELECT count(*) AS n, sum(value) AS s FROM things' })).toEqual([
        { n: rows, s: rows * (rows - 1) },
      ]);
      expect(under.largestStatement()).toBeLessThanOrEqual(under.parametersMax);
    });

    test('takes an empty batch, and rows of nothing', async () => {
      await store.batch([]);
      await store.batch([things()]);
      expect(await ids()).toEqual([]);
    });

    test('closes after what it had accepted, and refuses what comes later', async () => {
      let done = 0;
      const writes = Array.from({ length: 40 }, async (_, index) => {
        await store.batch([things([index, 'x'])]);
        done += 1;
      });
      await store.close();
      expect(done).toBe(40);
      await Promise.all(writes);
      expect(await codeOf(store.batch([things([99, 'late'])]))).toBe('storage-unavailable');
    });

    test('says that it cannot be used while another connection holds the write lock, and recovers', async ({
      skip,
    }) => {
      if (under.lockFromElsewhere === undefined) return skip('this adapter owns its database alone');
      await store.batch([things([1, 'before'])]);
      const release = await under.lockFromElsewhere();
      const started = under.transactions();
      try {
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, index) => codeOf(store.batch([things([index + 10, 'locked out'])]))),
        );
        expect(results).toEqual(Array.from({ length: 8 }, () => 'storage-unavailable'));
        // Each further try would wait as long again.
        expect(under.transactions() - started).toBe(1);
        expect(await ids()).toEqual([1]);
      } finally {
        await release();
      }
      await store.batch([things([2, 'after'])]);
      expect(await ids()).toEqual([1, 2]);
    });
  });
}
