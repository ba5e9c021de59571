import type { SemanticSearch } from '../../runtime/semantic-search.ts';
import type { Runtime } from '../../runtime.ts';
import type { SqlValue } from '../../store/store.ts';
import { looseQuery } from './keyword-query.ts';

/** How far down each of the lists is read. */
export const DEPTH = 200;

/** How much a hit in each column of products_fts weighs beside vectors: sku, name, description, category. */
const WEIGHTS = '2.0, 2.0, 1.0, 1.0';

/** The constant of reciprocal rank fusion, as in the paper. */
const RANK_OFFSET = 60;

/** What products have to fulfil, as the end of a WHERE over `products p` and `stock s`. */
export interface ProductFilter {
  readonly sql: string;
  readonly args: readonly SqlValue[];
}

export const NO_FILTER: ProductFilter = { sql: '', args: [] };

/** Products that have any of the words, in singular or plural, by BM25. */
export async function rankByKeywords(
  { store }: Pick<Runtime, 'store'>,
  text: string,
  depth: number,
  filter = NO_FILTER,
): Promise<readonly string[]> {
  const match = looseQuery(text);
  if (match === undefined) return [];
  const rows = await store.read({
    sql: `SELECT p.sku FROM (SELECT rowid, bm25(products_fts, ${WEIGHTS}) AS rank FROM products_fts
        WHERE products_fts MATCH ? ORDER BY rank ${filter.sql === '' ? 'LIMIT ?' : ''}) f
      JOIN products p ON p.number = f.rowid ${filter.sql === '' ? '' : 'LEFT JOIN stock s ON s.sku = p.sku'}
      WHERE 1 ${filter.sql} ORDER BY f.rank, p.number ${filter.sql === '' ? '' : 'LIMIT ?'}`,
    args: filter.sql === '' ? [match, depth] : [match, ...filter.args, depth],
  });
  return rows.map(({ sku }) => String(sku));
}

/**
 * One list of several, by reciprocal rank fusion: only places count, since BM25 and cosines have no common scale
 * (Cormack, Clarke, Büttcher, SIGIR 2009).
 */
export function fused(lists: readonly (readonly string[])[]): readonly string[] {
  const scores = new Map<string, number>();
  for (const list of lists) {
    for (const [place, id] of list.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (RANK_OFFSET + place + 1));
    }
  }
  return [...scores].sort(([, a], [, b]) => b - a).map(([id]) => id);
}

/** SKUs by words and by meaning, best first; `undefined` where meaning cannot be asked. */
export async function rankByBoth(
  runtime: Runtime,
  semantic: SemanticSearch,
  text: string,
  filter = NO_FILTER,
): Promise<readonly string[] | undefined> {
  const among = filter.sql === '' ? undefined : await matching(runtime, filter);
  const near = await semantic.nearest(text, DEPTH, among && ((sku) => among.has(sku)));
  if (near === undefined) return undefined;
  return fused([await rankByKeywords(runtime, text, DEPTH, filter), near]);
}

async function matching({ store }: Runtime, filter: ProductFilter): Promise<ReadonlySet<string>> {
  const rows = await store.read({
    sql: `SELECT p.sku FROM products p LEFT JOIN stock s ON s.sku = p.sku WHERE 1 ${filter.sql}`,
    args: filter.args,
  });
  return new Set(rows.map(({ sku }) => String(sku)));
}
