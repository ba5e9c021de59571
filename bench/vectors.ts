import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { VectorIndex } from '../models/core/vectors/vector-index.ts';
import type { BenchContext, Benchmark, Contestant } from './support/benchmark.ts';
import { alternate, format } from './support/compare.ts';

const ROWS = 10_000;
/** Building libSQL's index takes minutes at 10,000 rows, so a quick run compares over fewer, with as many on our side. */
const QUICK_INDEXED_ROWS = 500;
const INDEX_SETTINGS = "'metric=cosine', 'compress_neighbors=float8', 'max_neighbors=20'";
const DIMENSIONS = 384;
const CLUSTERS = 200;
const QUERIES = 100;
const K = 10;
const MODEL_SHA256 = '0'.repeat(64);

type Search = (query: Float32Array) => readonly number[];

/** Search by vector: the index in memory against libSQL's two ways and plain JavaScript. */
export const vectors: Benchmark = {
  name: 'vectors',
  about: `The ${K} nearest of ${ROWS.toLocaleString('en')} vectors of ${DIMENSIONS} dimensions by cosine, one search after another.`,
  async run(context) {
    const all = clustered(ROWS + QUERIES);
    const rows = all.slice(QUERIES);
    const queries = all.slice(0, QUERIES);
    const indexedRows = context.roundMs < 1_000 ? QUICK_INDEXED_ROWS : ROWS;
    const folder = mkdtempSync(join(context.folder, 'vectors-'));
    const startedAt = performance.now();
    const indexed = libsqlTable(join(folder, 'index.db'), rows.slice(0, indexedRows), INDEX_SETTINGS);
    context.progress(
      `  libSQL's index of ${indexedRows} vectors built in ${format((performance.now() - startedAt) / 1e3)} s`,
    );
    const table = libsqlTable(join(folder, 'table.db'), rows);
    const exact = plainSearch(rows);
    const ours = ownSearch(rows);
    const oursBesideIndex = ownSearch(rows.slice(0, indexedRows));
    const brute = libsqlSearch(table, 'SELECT id FROM vectors ORDER BY vector_distance_cos(embedding, ?) LIMIT ?');
    const byIndex = libsqlSearch(indexed, "SELECT id FROM vector_top_k('by_embedding', ?, ?)");
    const ownRecall = recall(ours, exact, queries);
    const indexRecall = recall(byIndex, plainSearch(rows.slice(0, indexedRows)), queries);
    context.progress(`  recall of the first ${K}: ours ${ownRecall}, libSQL's index ${indexRecall}`);
    const note = `Vectors are made, around ${CLUSTERS} centres. A request is one search. Recall ${ownRecall}.`;
    const peer = (label: string, does: string, search: Search) => contestant(context, label, does, search, queries);
    const own = (count: number, search: Search) =>
      peer(
        'dealeriq-edge',
        `VectorIndex.topK over ${count} vectors: int8 scanned by WASM SIMD, f32 rescored; recall ${ownRecall}`,
        search,
      );
    try {
      const overAll = await alternate(context, own(ROWS, ours), [
        {
          name: 'vectors / libsql brute',
          unit: 'requests/s',
          target: { ratioMin: 30 },
          peer: peer('libSQL brute force', `vector_distance_cos over ${ROWS} rows of F32_BLOB; exact`, brute),
          note,
        },
        {
          name: 'vectors / plain JS',
          unit: 'requests/s',
          peer: peer('Float32Array', `a loop over one Float32Array of ${ROWS} unit vectors; exact`, exact),
          note,
        },
      ]);
      const overIndexed = await alternate(context, own(indexedRows, oursBesideIndex), [
        {
          name: 'vectors / libsql index',
          unit: 'requests/s',
          // The target is for all rows; over few of them an index and a scan are about as quick.
          ...(indexedRows === ROWS ? { target: { ratioMin: 20 } } : {}),
          peer: peer(
            'libSQL index',
            `vector_top_k over ${indexedRows} rows, as many as on our side; ${INDEX_SETTINGS}; recall ${indexRecall}`,
            byIndex,
          ),
          note,
        },
      ]);
      return [...overAll, ...overIndexed];
    } finally {
      table.close();
      indexed.close();
    }
  },
};

function contestant(
  context: BenchContext,
  label: string,
  does: string,
  search: Search,
  queries: readonly Float32Array[],
): Contestant {
  return {
    label,
    does,
    async round() {
      for (const query of queries.slice(0, 5)) search(query);
      const start = performance.now();
      let done = 0;
      while (performance.now() - start < context.roundMs)
        search(queries[done++ % queries.length] ?? new Float32Array());
      return (done * 1_000) / (performance.now() - start);
    },
  };
}

function ownSearch(rows: readonly Float32Array[]): Search {
  const index = new VectorIndex({ modelSha256: MODEL_SHA256, dimensions: DIMENSIONS });
  for (const [row, values] of rows.entries()) index.add(String(row), { modelSha256: MODEL_SHA256, values });
  return (values) => index.topK({ modelSha256: MODEL_SHA256, values }, K).map(({ id }) => Number(id));
}

function plainSearch(rows: readonly Float32Array[]): Search {
  const flat = new Float32Array(rows.length * DIMENSIONS);
  for (const [at, row] of rows.entries()) flat.set(row, at * DIMENSIONS);
  return (query) => {
    const best: { row: number; score: number }[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      let score = 0;
      const start = row * DIMENSIONS;
      for (let at = 0; at < DIMENSIONS; at += 1) score += (flat[start + at] ?? 0) * (query[at] ?? 0);
      if (best.length === K && score <= (best[K - 1]?.score ?? 0)) continue;
      best.push({ row, score });
      best.sort((a, b) => b.score - a.score);
      best.length = Math.min(best.length, K);
    }
    return best.map(({ row }) => row);
  };
}

function libsqlTable(path: string, rows: readonly Float32Array[], index?: string): Database.Database {
  const database = new Database(path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`CREATE TABLE vectors (id INTEGER PRIMARY KEY, embedding F32_BLOB(${DIMENSIONS}))`);
  if (index !== undefined) {
    database.exec(`CREATE INDEX by_embedding ON vectors (libsql_vector_idx(embedding, ${index}))`);
  }
  const insert = database.prepare('INSERT INTO vectors (id, embedding) VALUES (?, ?)');
  database.exec('BEGIN');
  rows.forEach((row, id) => {
    insert.run([id, blob(row)]);
  });
  database.exec('COMMIT');
  return database;
}

function libsqlSearch(database: Database.Database, sql: string): Search {
  const statement = database.prepare(sql);
  return (query) => statement.all([blob(query), K]).map((row) => Number((row as { id: number }).id));
}

const blob = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** The share of the exact nearest that a search finds. */
function recall(search: Search, exact: Search, queries: readonly Float32Array[]): string {
  let found = 0;
  for (const query of queries) {
    const hits = new Set(search(query));
    found += exact(query).filter((row) => hits.has(row)).length;
  }
  return (found / (queries.length * K)).toFixed(3);
}

/** Unit vectors around random centres, the same in every run. */
function clustered(count: number): Float32Array[] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const made = () => Float32Array.from({ length: DIMENSIONS }, () => next() + next());
  const centres = Array.from({ length: CLUSTERS }, made);
  return Array.from({ length: count }, (_, row) => {
    const vector = made().map((value, at) => value + (centres[row % CLUSTERS]?.[at] ?? 0));
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}
