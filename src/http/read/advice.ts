import { EdgeError } from '../../core/errors.ts';
import type { ForecastGenerated } from '../../events/ml/forecast.ts';
import type { RecommenderOutput } from '../../events/ml/recommender.ts';
import type { IncidentCreated } from '../../events/ops/incident.ts';
import type { Advice } from '../../runtime/advice.ts';
import type { Runtime } from '../../runtime.ts';

/**
 * The newest forecast of a SKU with what it was made from and how good earlier ones were.
 * @throws {EdgeError} `not-found` where the product is unknown or has no forecast yet
 */
export async function findForecast({ store }: Runtime, advice: Advice | undefined, sku: string) {
  const [row] = await store.read({
    sql: `SELECT p.sku AS sku, f.snapshot AS snapshot, coalesce(s.available, 0) AS available
      FROM products p LEFT JOIN forecasts f ON f.sku = p.sku LEFT JOIN stock s ON s.sku = p.sku WHERE p.sku = ?`,
    args: [sku],
  });
  if (row === undefined)
    throw new EdgeError('not-found', `There is no product ${sku} here. Check the SKU or search for it.`);
  if (row.snapshot === null) {
    throw new EdgeError(
      'not-found',
      `There is no forecast of ${sku} yet. One is made once it was ordered in a period that has closed.`,
    );
  }
  const stored = JSON.parse(String(row.snapshot)) as ForecastGenerated;
  const { unit, granularity, method, model, generatedAt, points, backtest } = stored;
  const levels = advice?.replenish(stored);
  const [off] = await store.read({
    sql: `SELECT count(*) AS periods, avg(absolute_error) AS error, avg(covered) AS coverage
      FROM forecast_errors WHERE sku = ? AND stocked_out = 0`,
    args: [sku],
  });
  return {
    sku,
    unit,
    granularity,
    method,
    model: { task: model.task, version: model.version },
    generatedAt,
    history: advice?.history(sku) ?? [],
    points,
    ...(backtest === undefined ? {} : { backtest }),
    ...(advice === undefined || levels === undefined
      ? {}
      : {
          replenishment: {
            reorderPoint: levels.reorderPoint,
            orderUpTo: levels.orderUpTo,
            ...advice.policy,
            available: Number(row.available),
          },
        }),
    ...(off === undefined || Number(off.periods) === 0
      ? {}
      : {
          errors: {
            periods: Number(off.periods),
            meanAbsoluteError: Number(off.error),
            coverage80: Number(off.coverage),
          },
        }),
  };
}

/** The newest suggestions without those that were dismissed since, or that cannot be ordered any more. */
export async function listSuggestions(
  { store }: Runtime,
  query: { limit: number; kind?: 'reorder' | 'discovery' | undefined },
) {
  const outputs = await store.read({ sql: 'SELECT snapshot FROM suggestions ORDER BY kind DESC' });
  const all = outputs.map((row) => JSON.parse(String(row.snapshot)) as RecommenderOutput);
  const wanted = all.filter(({ kind }) => query.kind === undefined || kind === query.kind);
  const skus = wanted.flatMap(({ items }) => items.map(({ sku }) => sku));
  const products = await store.read({
    sql: `SELECT p.sku AS sku, p.name AS name, coalesce(s.available, 0) AS available
      FROM products p LEFT JOIN stock s ON s.sku = p.sku
      WHERE p.status = 'active' AND p.sku IN (SELECT value FROM json_each(?))`,
    args: [JSON.stringify(skus)],
  });
  const bySku = new Map(products.map((row) => [String(row.sku), row]));
  const dismissed = await store.read({
    sql: `SELECT snapshot ->> '$.sku' AS sku, max(created_at) AS at FROM feedback
      WHERE target_kind = 'recommendation' AND signal = 'dismissed' GROUP BY 1`,
  });
  const dismissedAt = new Map(dismissed.map((row) => [String(row.sku), String(row.at)]));
  const items = wanted.flatMap(({ recommendationId, kind, model, generatedAt, items: lines }) =>
    lines.flatMap(({ rank, sku, quantity, unit, reasonCode, reason, score }) => {
      const product = bySku.get(sku);
      if (product === undefined || (dismissedAt.get(sku) ?? '') >= generatedAt) return [];
      const { name, available } = product;
      return [
        {
          recommendationId,
          rank,
          sku,
          name: String(name),
          quantity,
          unit,
          kind,
          reasonCode,
          reason,
          score,
          available: Number(available),
          modelVersion: model.version,
        },
      ];
    }),
  );
  const newest = wanted
    .map(({ generatedAt }) => generatedAt)
    .sort()
    .at(-1);
  return { items: items.slice(0, query.limit), ...(newest === undefined ? {} : { generatedAt: newest }) };
}

/** Every pipeline: how it stands now, and how often it ran and failed. */
export async function listPipelines({ store }: Runtime, advice: Advice | undefined) {
  const rows = await store.read({ sql: 'SELECT * FROM pipeline_runs ORDER BY pipeline' });
  const stored = new Map(rows.map((row) => [String(row.pipeline), row]));
  const states = new Map((advice?.states() ?? []).map((state) => [state.name, state]));
  const names = [...new Set([...states.keys(), ...stored.keys()])];
  const items = names.map((name) => {
    const row = stored.get(name);
    const state = states.get(name);
    const failedLast = String(row?.failed_at ?? '') > String(row?.started_at ?? '');
    const lastError = state?.lastError ?? (state === undefined && failedLast ? String(row?.failure) : undefined);
    return {
      name,
      state: state?.state ?? ('stopped' as const),
      ...(row?.started_at == null ? {} : { lastRunAt: String(row.started_at) }),
      ...(state?.lastDurationMs === undefined ? {} : { lastDurationMs: state.lastDurationMs }),
      ...(lastError === undefined ? {} : { lastError }),
      runs: Number(row?.runs ?? 0),
      failures: Number(row?.failures ?? 0),
    };
  });
  return { items };
}

/** Incidents, the open ones first, then the newest. */
export async function listIncidents({ store }: Runtime, limit: number) {
  const rows = await store.read({
    sql: `SELECT snapshot, resolved_at, resolution FROM incidents
      ORDER BY resolved_at IS NOT NULL, opened_at DESC, position DESC LIMIT ?`,
    args: [limit],
  });
  const items = rows.map((row) => {
    const { incidentId, affected, severity, title, detail, openedAt } = JSON.parse(
      String(row.snapshot),
    ) as IncidentCreated;
    return {
      incidentId,
      pipeline: affected.id,
      severity,
      title,
      reason: detail,
      openedAt,
      ...(row.resolved_at === null ? {} : { closedAt: String(row.resolved_at), resolution: String(row.resolution) }),
    };
  });
  return { items };
}
