import type { NewEvent } from '../core/event.ts';
import { type RecommenderOutput, recommenderOutput } from '../events/ml/recommender.ts';
import type { ProductSnapshot } from '../events/transactional/product.ts';
import type { PromotionActivated } from '../events/transactional/promotion.ts';
import { DATA, field, ofType } from '../projections/projection.ts';
import type { Row } from '../store/store.ts';
import { discoverProducts } from './discover-products.ts';
import { type Pipeline, type PipelineContext, publishInParts } from './pipeline.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Suggestions of each kind. */
const LIMIT = 60;
/** Of them, those that stock asks for. */
const LOW_LIMIT = 40;
/** The newest orders, which the rhythm of a dealer is learnt from; learning takes about a second for a thousand. */
const BASKETS_MAX = 5000;
/** Orders that are read at once. */
const SLICE = 500;
/** Days without a SKU that somebody dismissed. */
const REST_DAYS = 30;

type Item = RecommenderOutput['items'][number];

/** One order, for a recommender. Days since 1970. */
export interface OrderBasket {
  readonly day: number;
  readonly lines: readonly { readonly item: string; readonly quantity: number }[];
}

/** What a recommender is asked. */
export interface BasketQuestion {
  readonly customer: string;
  readonly baskets: readonly OrderBasket[];
  readonly dismissals: readonly { readonly item: string; readonly day: number }[];
  /** RFC 3339. */
  readonly at: string;
  readonly limit: number;
}

export interface BasketAnswer {
  readonly sku: string;
  readonly quantity: number;
  readonly score: number;
  readonly reason: string;
  readonly kind: 'reorder' | 'discovery';
  readonly reasonCode: Item['reasonCode'];
}

/** What the pipeline is made of; all of it is handed in where the runtime is wired. */
export interface RecommendationModel {
  readonly version: string;
  recommend(question: BasketQuestion): Promise<readonly BasketAnswer[]>;
  /** When to order and up to what, from the newest forecast; nothing where the forecast is over. */
  replenish(forecast: StoredForecast): StockLevels | undefined;
  /** The nearest quantity that a product can be ordered in. */
  orderable(rules: ProductSnapshot['quantityRules'], quantity: number): number;
  readonly leadTimeDays: number;
}

/** What a stock is steered by, in pieces. */
export interface StockLevels {
  readonly reorderPoint: number;
  readonly orderUpTo: number;
}

/** The parts of `forecast.generated` that stock levels follow from. */
export interface StoredForecast {
  readonly forecastId: string;
  readonly granularity: 'day' | 'week' | 'month';
  readonly points: readonly {
    readonly periodStart: string;
    readonly q10: number;
    readonly q50: number;
    readonly q90: number;
  }[];
}

/** Suggests what to order: what falls below its reorder point, what is due by the dealer's rhythm, and what is new. */
export function recommendOrders(model: RecommendationModel): Pipeline {
  return {
    name: 'recommend-orders',
    step: 'recommend',
    everyMs: HOUR_MS,
    reactsTo: ['order.placed', 'order.cancelled', 'inventory.changed', 'product.updated', 'forecast.generated'],
    async run(context) {
      const nowMs = context.ports.clock.nowMs();
      const at = new Date(nowMs).toISOString();
      const baskets = await readBaskets(context);
      const dismissals = await readDismissals(context);
      const listed = await readListed(context);
      const asked = await model.recommend({ customer: context.dealerId, baskets, dismissals, at, limit: 2 * LIMIT });
      const today = nowMs / DAY_MS;
      const resting = new Set(dismissals.filter(({ day }) => today - day < REST_DAYS).map(({ item }) => item));
      const low = (await belowReorderPoint(context, model, listed, resting)).slice(0, LOW_LIMIT);
      const seen = new Set(low.map(({ item }) => item.sku));
      const suggested = [...asked, ...(await discoveries(context, listed, baskets, at))].filter(({ sku }) => {
        if (!listed.has(sku) || resting.has(sku) || seen.has(sku)) return false;
        seen.add(sku);
        return true;
      });
      const facts = (['reorder', 'discovery'] as const).flatMap((kind): NewEvent[] => {
        const items = [
          ...(kind === 'reorder' ? low.map(({ item }) => item) : []),
          ...suggested.filter((one) => one.kind === kind).map((one) => itemOf(one, listed, model)),
        ].slice(0, LIMIT);
        if (items.length === 0) return [];
        return [
          recommenderOutput.make({
            recommendationId: `REC-${context.ports.random.uuid()}`,
            dealerId: context.dealerId,
            kind,
            model: { task: 'recommendation', version: model.version },
            items: items.map((item, index) => ({ ...item, rank: index + 1 })),
            candidates: listed.size,
            suppressed: resting.size,
            ...(kind === 'reorder' && low.length > 0 ? { forecastIds: low.map(({ forecastId }) => forecastId) } : {}),
            validUntil: new Date(nowMs + DAY_MS).toISOString(),
            generatedAt: at,
          }),
        ];
      });
      const fresh = await changedOnly(context, facts);
      await publishInParts(context, fresh);
      return { processed: baskets.length, published: fresh.length };
    },
  };
}

interface Listed {
  readonly snapshot: ProductSnapshot;
  readonly available: number;
}

function itemOf(one: BasketAnswer, listed: ReadonlyMap<string, Listed>, model: RecommendationModel): Item {
  const { snapshot } = listed.get(one.sku) as Listed;
  return {
    rank: 1,
    sku: one.sku,
    quantity: model.orderable(snapshot.quantityRules, Math.max(1, Math.round(one.quantity))),
    unit: snapshot.unit,
    score: rounded(one.score),
    reasonCode: one.reasonCode,
    reason: one.reason,
  };
}

/** What is new to the dealer, by the catalogue and the promotions that are here. */
async function discoveries(
  { store }: PipelineContext,
  listed: ReadonlyMap<string, Listed>,
  baskets: readonly OrderBasket[],
  at: string,
): Promise<BasketAnswer[]> {
  const orders = new Map<string, number>();
  for (const { lines } of baskets) {
    for (const sku of new Set(lines.map(({ item }) => item))) orders.set(sku, (orders.get(sku) ?? 0) + 1);
  }
  const gone = await store.read({ sql: "SELECT sku, snapshot FROM products WHERE status <> 'active'" });
  const promotions = await store.read({ sql: 'SELECT snapshot FROM promotions' });
  const found = discoverProducts({
    listed: new Map([...listed].map(([sku, { snapshot }]) => [sku, snapshot])),
    discontinued: new Map(gone.map((row) => [String(row.sku), JSON.parse(String(row.snapshot)) as ProductSnapshot])),
    orders,
    promotions: promotions.map((row) => JSON.parse(String(row.snapshot)) as PromotionActivated),
    at,
  });
  return found.slice(0, LIMIT).map((one) => ({ ...one, quantity: 1, kind: 'discovery' as const }));
}

/** What stock and forecast ask for, the most urgent first. */
async function belowReorderPoint(
  { store }: PipelineContext,
  model: RecommendationModel,
  listed: ReadonlyMap<string, Listed>,
  resting: ReadonlySet<string>,
): Promise<{ item: Item; forecastId: string }[]> {
  const rows = await store.read({ sql: 'SELECT sku, snapshot FROM forecasts' });
  const low = rows.flatMap((row) => {
    const sku = String(row.sku);
    const product = listed.get(sku);
    if (product === undefined || resting.has(sku)) return [];
    const forecast = JSON.parse(String(row.snapshot)) as StoredForecast;
    const levels = model.replenish(forecast);
    if (levels === undefined) return [];
    const { reorderPoint, orderUpTo } = levels;
    const { available, snapshot } = product;
    if (orderUpTo <= 0 || available > reorderPoint || available >= orderUpTo) return [];
    const item: Item = {
      rank: 1,
      sku,
      quantity: model.orderable(snapshot.quantityRules, orderUpTo - available),
      unit: snapshot.unit,
      score: rounded(1 - available / (reorderPoint + 1)),
      reasonCode: 'below-reorder-point',
      reason: `${available} available; order at ${reorderPoint} or fewer to last the ${model.leadTimeDays} days of lead time`,
      evidence: { available, reorderPoint, orderUpTo, leadTimeDays: model.leadTimeDays },
    };
    return [{ item, forecastId: forecast.forecastId, demand: forecast.points[0]?.q50 ?? 0 }];
  });
  return low.sort((a, b) => b.item.score - a.item.score || b.demand - a.demand || (a.item.sku < b.item.sku ? -1 : 1));
}

/** Products that can be ordered, with their stock. */
async function readListed({ store }: PipelineContext): Promise<Map<string, Listed>> {
  const rows = await store.read({
    sql: `SELECT p.sku AS sku, p.snapshot AS snapshot, s.available AS available
      FROM products p LEFT JOIN stock s ON s.sku = p.sku WHERE p.status = 'active'`,
  });
  return new Map(
    rows.map((row) => [
      String(row.sku),
      { snapshot: JSON.parse(String(row.snapshot)) as ProductSnapshot, available: Number(row.available ?? 0) },
    ]),
  );
}

/** Orders that were neither cancelled nor rejected, oldest first. */
async function readBaskets({ store }: PipelineContext): Promise<OrderBasket[]> {
  const baskets: OrderBasket[] = [];
  for (let after = 0; ; ) {
    const rows: readonly Row[] = await store.read({
      sql: `SELECT e.position AS position, ${field('placedAt')} AS at, ${DATA} -> '$.lines' AS lines
        FROM events e JOIN orders o ON o.order_id = e.subject AND o.cancelled_at IS NULL AND o.rejected_at IS NULL
        WHERE ${ofType('order.placed')} AND e.position > ? ORDER BY e.position LIMIT ?`,
      args: [after, SLICE],
    });
    for (const row of rows) {
      const lines = JSON.parse(String(row.lines)) as readonly { sku: string; quantity: number }[];
      baskets.push({
        day: Date.parse(String(row.at)) / DAY_MS,
        lines: lines.map(({ sku, quantity }) => ({ item: sku, quantity })),
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) break;
    after = Number(last.position);
  }
  return baskets.sort((a, b) => a.day - b.day).slice(-BASKETS_MAX);
}

async function readDismissals({ store }: PipelineContext): Promise<{ item: string; day: number }[]> {
  const rows = await store.read({
    sql: `SELECT snapshot ->> '$.sku' AS sku, created_at FROM feedback
      WHERE target_kind = 'recommendation' AND signal = 'dismissed' AND snapshot ->> '$.sku' IS NOT NULL`,
  });
  return rows.map((row) => ({ item: String(row.sku), day: Date.parse(String(row.created_at)) / DAY_MS }));
}

/** Leaves out what says the same as the newest output of its kind. */
async function changedOnly({ store }: PipelineContext, facts: readonly NewEvent[]): Promise<NewEvent[]> {
  const rows = await store.read({ sql: 'SELECT kind, snapshot FROM suggestions' });
  const newest = new Map(
    rows.map((row) => [String(row.kind), (JSON.parse(String(row.snapshot)) as RecommenderOutput).items]),
  );
  return facts.filter(({ data }) => {
    const { kind, items } = data as RecommenderOutput;
    return JSON.stringify(newest.get(kind)) !== JSON.stringify(items);
  });
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}
