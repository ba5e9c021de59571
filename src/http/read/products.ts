import { EdgeError } from '../../core/errors.ts';
import { priceInForce, priceLine } from '../../domain/pricing/pricing.ts';
import type { DealerProfile } from '../../events/transactional/dealer.ts';
import type { PriceChanged } from '../../events/transactional/price.ts';
import type { ProductSnapshot } from '../../events/transactional/product.ts';
import type { PromotionActivated } from '../../events/transactional/promotion.ts';
import { readView } from '../../runtime/read-view.ts';
import type { Runtime } from '../../runtime.ts';
import type { Row, SqlValue } from '../../store/store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { anyWordQuery, insideSku, keywordQuery, similarQuery } from './keyword-query.ts';
import { type Correction, corrected, withCorrections } from './spelling.ts';
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

/** A page of products: the best hits of a search, or a category in the order of SKUs. */
export async function listProducts(
  runtime: Runtime,
  query: { q?: string | undefined; category?: string | undefined; limit: number; cursor?: string | undefined },
) {
  const match = query.q === undefined ? undefined : keywordQuery(query.q);
  const inCategory = query.category === undefined ? '' : "AND (p.category = ? OR p.category LIKE ? ESCAPE '\\')";
  const categoryArgs: SqlValue[] =
    query.category === undefined ? [] : [query.category, `${query.category.replaceAll(/[\\%_]/g, '\\$&')} / %`];
  if (match !== undefined) {
    const typed = (query.q ?? '').trim();
    const [offset, attempt] =
      query.cursor === undefined ? [0, undefined] : decodeCursor(query.cursor, ['count', 'count']);
    for await (const { number, where, args, corrections } of attempts(runtime, typed, match)) {
      if (attempt !== undefined && attempt !== number) continue;
      const rows = await runtime.store.read({
        sql: `SELECT ${COLUMNS} FROM ${where} ${inCategory}
          ORDER BY p.sku = ? COLLATE NOCASE DESC, p.status <> 'active', rank, p.sku LIMIT ? OFFSET ?`,
        args: [...args, ...categoryArgs, typed, query.limit + 1, offset],
      });
      if (rows.length === 0 && attempt === undefined) continue;
      return {
        mode: 'keyword' as const,
        ...(corrections === undefined ? {} : { corrections }),
        ...(await pageOf(runtime, rows, query.limit, () => encodeCursor([offset + query.limit, number]))),
      };
    }
    return { mode: 'keyword' as const, items: [] };
  }
  const [after] = query.cursor === undefined ? [''] : decodeCursor(query.cursor, ['text']);
  const rows = await runtime.store.read({
    sql: `SELECT ${COLUMNS} FROM products p ${WITH_STOCK} WHERE p.sku > ? ${inCategory} ORDER BY p.sku LIMIT ?`,
    args: [after, ...categoryArgs, query.limit + 1],
  });
  return { mode: 'list' as const, ...(await pageOf(runtime, rows, query.limit, (last) => encodeCursor([last]))) };
}

interface Attempt {
  readonly number: number;
  readonly where: string;
  readonly args: readonly SqlValue[];
  readonly corrections?: readonly Correction[];
}

const HITS = `(SELECT rowid, bm25(products_fts, ${WEIGHTS}) AS rank FROM products_fts WHERE products_fts MATCH ?) f
  JOIN products p ON p.number = f.rowid ${WITH_STOCK} WHERE 1`;
const BARE_SKU = "upper(replace(replace(replace(replace(sku, '-', ''), '.', ''), ' ', ''), '/', ''))";

/** What is searched for, one after the other until something is found: all words, a part of a SKU, mended words, any word. */
async function* attempts(runtime: Runtime, typed: string, match: string): AsyncGenerator<Attempt> {
  yield { number: 0, where: HITS, args: [match] };
  const bare = insideSku(typed);
  if (bare !== undefined) {
    yield {
      number: 1,
      where: `(SELECT number, length(sku) AS rank FROM products WHERE instr(${BARE_SKU}, ?) > 0) f
        JOIN products p ON p.number = f.number ${WITH_STOCK} WHERE 1`,
      args: [bare],
    };
  }
  const corrections = await corrected(runtime, typed);
  const mended = corrections && keywordQuery(withCorrections(typed, corrections));
  if (mended !== undefined && corrections !== undefined) yield { number: 2, where: HITS, args: [mended], corrections };
  const any = anyWordQuery(typed);
  if (any !== undefined) yield { number: 3, where: HITS, args: [any] };
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

/** The nearest products by name and category, by keywords. @throws {EdgeError} `not-found`. */
export async function similarProducts(runtime: Runtime, sku: string, limit: number) {
  const [row] = await runtime.store.read({ sql: 'SELECT name, category FROM products WHERE sku = ?', args: [sku] });
  if (row === undefined)
    throw new EdgeError('not-found', `There is no product ${sku} here. Check the SKU or search for it.`);
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
