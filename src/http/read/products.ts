import { EdgeError } from '../../core/errors.ts';
import { priceInForce, priceLine } from '../../domain/pricing/pricing.ts';
import type { DealerProfile } from '../../events/transactional/dealer.ts';
import type { PriceChanged } from '../../events/transactional/price.ts';
import type { ProductSnapshot } from '../../events/transactional/product.ts';
import type { PromotionActivated } from '../../events/transactional/promotion.ts';
import { readView } from '../../runtime/read-view.ts';
import type { SemanticSearch } from '../../runtime/semantic-search.ts';
import type { Runtime } from '../../runtime.ts';
import type { Row, SqlValue } from '../../store/store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { DEPTH, type ProductFilter, rankByBoth } from './hybrid-search.ts';
import { anyWordQuery, insideSku, keywordQuery, similarQuery } from './keyword-query.ts';
import { type Correction, corrected, isUnfinished, withCorrections } from './spelling.ts';
import { stockLevels } from './stock.ts';

const COLUMNS = 'p.sku AS sku, p.snapshot AS snapshot, s.on_hand, s.reserved, s.available, s.backordered, s.changed_at';
const WITH_STOCK = 'LEFT JOIN stock s ON s.sku = p.sku';

/** How much a hit in each column of products_fts weighs: sku, name, description, category. */
const WEIGHTS = '8.0, 6.0, 1.0, 2.0';

interface PricingBasis {
  readonly dealer: DealerProfile | undefined;
  readonly promotions: readonly PromotionActivated[];
  readonly now: string;
  readonly nowMs: number;
}

export interface ProductQuery {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  /** Only what can be had now. */
  readonly available?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of products: the best hits of a search, or a category in the order of SKUs. */
export async function listProducts(runtime: Runtime, query: ProductQuery, semantic?: SemanticSearch) {
  const filter = filterOf(query);
  const match = query.q === undefined ? undefined : keywordQuery(query.q);
  if (match !== undefined) return searchProducts(runtime, query, { filter, match, semantic });
  const [after] = query.cursor === undefined ? [''] : decodeCursor(query.cursor, ['text']);
  const rows = await runtime.store.read({
    sql: `SELECT ${COLUMNS} FROM products p ${WITH_STOCK} WHERE p.sku > ? ${filter.sql} ORDER BY p.sku LIMIT ?`,
    args: [after, ...filter.args, query.limit + 1],
  });
  return { mode: 'list' as const, ...(await pageOf(runtime, rows, query.limit, (last) => encodeCursor([last]))) };
}

async function searchProducts(
  runtime: Runtime,
  query: ProductQuery,
  { filter, match, semantic }: { filter: ProductFilter; match: string; semantic: SemanticSearch | undefined },
) {
  const typed = (query.q ?? '').trim();
  const [offset, attempt] =
    query.cursor === undefined ? [0, undefined] : decodeCursor(query.cursor, ['count', 'count']);
  for await (const { number, mode, where, args, corrections } of attempts(runtime, typed, match, filter, semantic)) {
    if (attempt !== undefined && attempt !== number) continue;
    const rows = await runtime.store.read({
      sql: `SELECT ${COLUMNS} FROM ${where} ${filter.sql}
        ORDER BY p.sku = ? COLLATE NOCASE DESC, p.status <> 'active', rank, p.sku LIMIT ? OFFSET ?`,
      args: [...args, ...filter.args, typed, query.limit + 1, offset],
    });
    if (rows.length === 0 && attempt === undefined) continue;
    return {
      mode,
      ...(corrections === undefined ? {} : { corrections }),
      ...(await pageOf(runtime, rows, query.limit, () => encodeCursor([offset + query.limit, number]))),
    };
  }
  return { mode: 'keyword' as const, items: [] };
}

function filterOf({ category, available }: ProductQuery): ProductFilter {
  const inCategory = category === undefined ? '' : " AND (p.category = ? OR p.category LIKE ? ESCAPE '\\')";
  return {
    sql: `${inCategory}${available === true ? ' AND s.available > 0' : ''}`,
    args: category === undefined ? [] : [category, `${category.replaceAll(/[\\%_]/g, '\\$&')} / %`],
  };
}

interface Attempt {
  readonly number: number;
  readonly mode: 'keyword' | 'hybrid';
  readonly where: string;
  readonly args: readonly SqlValue[];
  readonly corrections?: readonly Correction[];
}

const HITS = `(SELECT rowid, bm25(products_fts, ${WEIGHTS}) AS rank FROM products_fts WHERE products_fts MATCH ?) f
  JOIN products p ON p.number = f.rowid ${WITH_STOCK} WHERE 1`;
const BARE_SKU = "upper(replace(replace(replace(replace(sku, '-', ''), '.', ''), ' ', ''), '/', ''))";

/**
 * What is searched for, one after the other until something is found: by words and meaning where a model serves, all
 * words, a part of a SKU, mended words, any word. Who types a SKU, or has not finished a word, is asked for no meaning.
 */
async function* attempts(
  runtime: Runtime,
  typed: string,
  match: string,
  filter: ProductFilter,
  semantic: SemanticSearch | undefined,
): AsyncGenerator<Attempt> {
  const mode = 'keyword' as const;
  const bare = insideSku(typed);
  if (semantic?.state() !== undefined && !(await isSkuLike(runtime, typed, bare))) {
    const both = await byBoth(runtime, semantic, typed, match, filter);
    if (both !== undefined) yield both;
  }
  yield { number: 0, mode, where: HITS, args: [match] };
  if (bare !== undefined) {
    yield {
      number: 1,
      mode,
      where: `(SELECT number, length(sku) AS rank FROM products WHERE instr(${BARE_SKU}, ?) > 0) f
        JOIN products p ON p.number = f.number ${WITH_STOCK} WHERE 1`,
      args: [bare],
    };
  }
  const corrections = await corrected(runtime, typed);
  const mended = corrections && keywordQuery(withCorrections(typed, corrections));
  if (mended !== undefined && corrections !== undefined) {
    yield { number: 2, mode, where: HITS, args: [mended], corrections };
  }
  const any = anyWordQuery(typed);
  if (any !== undefined) yield { number: 3, mode, where: HITS, args: [any] };
}

async function isSkuLike(runtime: Runtime, typed: string, bare: string | undefined): Promise<boolean> {
  const rows = await runtime.store.read({
    sql: `SELECT 1 FROM products WHERE sku = ? COLLATE NOCASE ${bare === undefined ? '' : `OR instr(${BARE_SKU}, ?) > 0`} LIMIT 1`,
    args: bare === undefined ? [typed] : [typed, bare],
  });
  return rows.length > 0;
}

async function byBoth(
  runtime: Runtime,
  semantic: SemanticSearch,
  typed: string,
  match: string,
  filter: ProductFilter,
): Promise<Attempt | undefined> {
  if (await isUnfinished(runtime, typed)) return undefined;
  const [whole] = await runtime.store.read({
    sql: 'SELECT 1 FROM products_fts WHERE products_fts MATCH ? LIMIT 1',
    args: [match],
  });
  const corrections = whole === undefined ? await corrected(runtime, typed) : undefined;
  const text = corrections === undefined ? typed : withCorrections(typed, corrections);
  const skus = await rankByBoth(runtime, semantic, text, filter);
  if (skus === undefined) return undefined;
  return {
    number: 4,
    mode: 'hybrid',
    where: `(SELECT value AS sku, key AS rank FROM json_each(?)) f JOIN products p ON p.sku = f.sku ${WITH_STOCK} WHERE 1`,
    args: [JSON.stringify(skus.slice(0, DEPTH))],
    ...(corrections === undefined ? {} : { corrections }),
  };
}

/** One product with everything that is known of it here. @throws {EdgeError} `not-found`. */
export async function findProduct(runtime: Runtime, sku: string) {
  const [row] = await runtime.store.read({
    sql: `SELECT ${COLUMNS} FROM products p ${WITH_STOCK} WHERE p.sku = ?`,
    args: [sku],
  });
  if (row === undefined)
    throw new EdgeError('not-found', `There is no product ${sku} here. Check the SKU or search for it.`);
  const basis = await pricingBasis(runtime);
  const snapshot = JSON.parse(String(row.snapshot)) as ProductSnapshot;
  const prices = await readPrices(runtime, [sku]);
  const ofList = (prices.get(sku) ?? []).filter((price) => price.priceListId === basis.dealer?.priceListId);
  const matching = basis.promotions.filter(
    (promotion) =>
      (promotion.skus.length === 0 && promotion.categories.length === 0) ||
      promotion.skus.includes(sku) ||
      snapshot.category.some((category) => promotion.categories.includes(category)),
  );
  return {
    ...snapshot,
    ...summaryOf(row, prices, basis),
    promotions: matching
      .filter((promotion) => Date.parse(promotion.activeTo) >= basis.nowMs)
      .map(({ promotionId, name, discountBasisPoints, minimumQuantity, activeFrom, activeTo }) => ({
        promotionId,
        name,
        discountBasisPoints,
        minimumQuantity,
        activeFrom,
        activeTo,
      })),
    priceHistory: ofList
      .toSorted((a, b) => Date.parse(b.effectiveFrom) - Date.parse(a.effectiveFrom) || b.version - a.version)
      .map(({ priceListId, currency, listUnitPriceMinor, effectiveFrom, version }) => ({
        priceListId,
        currency,
        listUnitPriceMinor,
        effectiveFrom,
        version,
      })),
  };
}

/** The nearest products: by meaning where a model serves, else by the words of name and category. @throws {EdgeError} `not-found`. */
export async function similarProducts(runtime: Runtime, sku: string, limit: number, semantic?: SemanticSearch) {
  const [row] = await runtime.store.read({ sql: 'SELECT name, category FROM products WHERE sku = ?', args: [sku] });
  if (row === undefined)
    throw new EdgeError('not-found', `There is no product ${sku} here. Check the SKU or search for it.`);
  const near = semantic?.similar(sku, DEPTH);
  if (near !== undefined && near.length > 0) {
    const rows = await runtime.store.read({
      sql: `SELECT ${COLUMNS} FROM json_each(?) f JOIN products p ON p.sku = f.value ${WITH_STOCK}
        WHERE p.status = 'active' ORDER BY f.key LIMIT ?`,
      args: [JSON.stringify(near), limit],
    });
    const { items } = await pageOf(runtime, rows, limit, () => '');
    return { mode: 'semantic' as const, items };
  }
  const match = similarQuery(String(row.name), String(row.category));
  if (match === undefined) return { mode: 'keyword' as const, items: [] };
  const rows = await runtime.store.read({
    sql: `SELECT ${COLUMNS} FROM products_fts f JOIN products p ON p.number = f.rowid ${WITH_STOCK}
      WHERE products_fts MATCH ? AND p.sku <> ? AND p.status = 'active' ORDER BY bm25(products_fts, 0.0, 4.0, 1.0, 3.0), p.sku LIMIT ?`,
    args: [match, sku, limit],
  });
  const { items } = await pageOf(runtime, rows, limit, () => '');
  return { mode: 'keyword' as const, items };
}

/** The categories and how many products each has. */
export async function listCategories(runtime: Runtime) {
  const rows = await runtime.store.read({
    sql: "SELECT category, count(*) AS count FROM products WHERE status = 'active' GROUP BY category ORDER BY category",
  });
  return { items: rows.map((row) => ({ category: String(row.category), count: Number(row.count) })) };
}

async function pageOf(runtime: Runtime, rows: readonly Row[], limit: number, cursorAfter: (lastSku: string) => string) {
  const shown = rows.slice(0, limit);
  const basis = await pricingBasis(runtime);
  const prices = await readPrices(
    runtime,
    shown.map((row) => String(row.sku)),
  );
  const items = shown.map((row) => summaryOf(row, prices, basis));
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined ? { nextCursor: cursorAfter(last.sku) } : {}) };
}

async function pricingBasis(runtime: Runtime): Promise<PricingBasis> {
  const { dealerId } = runtime.identity;
  const view = await readView(runtime.store, [
    { kind: 'dealer', key: dealerId },
    { kind: 'promotions', key: 'all' },
  ]);
  const nowMs = runtime.ports.clock.nowMs();
  return {
    dealer: view.get('dealer', dealerId),
    promotions: view.get('promotions', 'all'),
    nowMs,
    now: new Date(nowMs).toISOString(),
  };
}

async function readPrices(
  runtime: Runtime,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly PriceChanged[]>> {
  const view = await readView(
    runtime.store,
    skus.map((sku) => ({ kind: 'prices' as const, key: sku })),
  );
  return new Map(skus.map((sku) => [sku, view.get('prices', sku)]));
}

function summaryOf(row: Row, prices: ReadonlyMap<string, readonly PriceChanged[]>, basis: PricingBasis) {
  const snapshot = JSON.parse(String(row.snapshot)) as ProductSnapshot;
  const { sku, name, category, brand, unit, status, supersededBy, quantityRules } = snapshot;
  return {
    sku,
    name,
    category,
    ...(brand === undefined ? {} : { brand }),
    unit,
    status,
    ...(supersededBy === undefined ? {} : { supersededBy }),
    quantityRules,
    price: priceNow(snapshot, prices.get(sku) ?? [], basis),
    stock: row.on_hand === null ? null : stockLevels(row, basis.nowMs),
  };
}

function priceNow(product: ProductSnapshot, prices: readonly PriceChanged[], basis: PricingBasis) {
  if (basis.dealer === undefined) return null;
  const price = priceInForce(prices, basis.dealer.priceListId, basis.now);
  if (price === undefined) return null;
  const line = priceLine(
    price,
    basis.promotions,
    { sku: product.sku, category: product.category, quantity: product.quantityRules.minimum },
    basis.now,
  );
  return {
    priceListId: price.priceListId,
    currency: price.currency,
    listUnitPriceMinor: price.listUnitPriceMinor,
    unitPriceMinor: line.unitPriceMinor,
    tiers: price.tiers,
    priceVersion: price.version,
    effectiveFrom: price.effectiveFrom,
    ...(line.promotionId === undefined ? {} : { promotionId: line.promotionId }),
  };
}
