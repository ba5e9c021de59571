import type { Forecaster, SeriesForecast } from '../../models/core/ports.ts';
import { EdgeError } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import { type ForecastGenerated, forecastErrorReported, forecastGenerated } from '../events/ml/forecast.ts';
import { type Granularity, lastDayOf, periodAfter, periodOf, SEASON } from './periods.ts';
import { type Pipeline, type PipelineContext, publishInParts } from './pipeline.ts';
import { type DemandHistory, type DemandSeries, readDemand } from './read-demand.ts';

/** Periods ahead. */
const HORIZON: Readonly<Record<Granularity, number>> = { week: 8, month: 6 };
/** Closed periods that the back-test keeps aside. */
const HELD_OUT: Readonly<Record<Granularity, number>> = { week: 4, month: 3 };
/** Without demand for so many periods a SKU gets no forecast: there is nothing to order. */
const DEAD_AFTER: Readonly<Record<Granularity, number>> = { week: 52, month: 18 };
const QUANTILES = [0.1, 0.5, 0.9] as const;
const HOUR_MS = 3_600_000;

export interface ForecastModel {
  readonly forecaster: Forecaster;
  /** What the events name as the model. */
  readonly version: string;
  readonly sha256?: string;
  /** What answers once the model is no longer trusted. */
  readonly fallback?: ForecastModel;
}

/** A closed period and what was asked for in it; `quantity` is absent where nobody could know. */
export interface PastPeriod {
  readonly periodStart: string;
  readonly quantity?: number;
}

export interface ForecastPipeline extends Pipeline {
  /** The demand of a SKU as the newest run saw it; empty before the first run. */
  history(sku: string): readonly PastPeriod[];
  /** All of it; `undefined` before the first run. */
  demand(): DemandHistory | undefined;
}

/** Forecasts the demand of the whole assortment in one batch, and says how far earlier forecasts were off. */
export function forecastDemand(model: () => Promise<ForecastModel>): ForecastPipeline {
  let seen: { readonly demand: DemandHistory; readonly bySku: ReadonlyMap<string, DemandSeries> } | undefined;
  return {
    history: (sku) => {
      const series = seen?.bySku.get(sku);
      if (seen === undefined || series === undefined) return [];
      return seen.demand.periods.map((periodStart, at) => {
        const quantity = series.quantities[at];
        return { periodStart, ...(quantity === undefined ? {} : { quantity }) };
      });
    },
    demand: () => seen?.demand,
    name: 'forecast-demand',
    step: 'forecast',
    everyMs: 6 * HOUR_MS,
    reactsTo: [],
    async run(context) {
      const nowMs = context.ports.clock.nowMs();
      const demand = await readDemand(context.store, nowMs);
      seen = { demand, bySku: new Map(demand.series.map((one) => [one.sku, one])) };
      const dead = DEAD_AFTER[demand.granularity];
      const alive = demand.series.filter(({ quantities }) => quantities.slice(-dead).some((one) => (one ?? 0) > 0));
      const earlier = await readForecasts(context);
      const errors = closedPeriods(demand, earlier, await readReported(context), nowMs);
      await publishInParts(context, errors);
      const forecasts = await forecastAll(await model(), alive, demand, context);
      const changed = forecasts.filter((fresh) => differs(fresh, earlier.get(fresh.sku)));
      await publishInParts(
        context,
        changed.map((data) => forecastGenerated.make(data)),
      );
      return { processed: alive.length, published: errors.length + changed.length };
    },
  };
}

async function forecastAll(
  { forecaster, version, sha256 }: ForecastModel,
  series: readonly DemandSeries[],
  { granularity, periods }: DemandHistory,
  { ports, locationId }: PipelineContext,
): Promise<ForecastGenerated[]> {
  if (series.length === 0 || periods.length === 0) return [];
  const horizon = HORIZON[granularity];
  const shared = { seasonLength: SEASON[granularity], quantiles: QUANTILES };
  const made = await forecaster.forecast(
    series.map(({ sku, quantities }) => ({ id: sku, values: quantities })),
    { horizon, ...shared },
  );
  const held = HELD_OUT[granularity];
  const backTested =
    periods.length < 3 * held
      ? []
      : await forecaster.forecast(
          series.map(({ sku, quantities }) => ({ id: sku, values: quantities.slice(0, -held) })),
          { horizon: held, ...shared },
        );
  const from = periods[0] ?? '';
  const to = lastDayOf(periods.at(-1) ?? '', granularity);
  const generatedAt = new Date(ports.clock.nowMs()).toISOString();
  const forecasts = series.flatMap(({ sku, unit, quantities }, at) => {
    const forecast = made[at];
    // A series that a model makes nothing of keeps its earlier forecast, and costs the others nothing.
    if (forecast === undefined || !isUsable(forecast, horizon)) return [];
    const points = pointsOf(forecast, periodAfter(periods.at(-1) ?? '', granularity), granularity, horizon);
    const tested = usable(backTested[at], held);
    return [
      {
        forecastId: `FC-${ports.random.uuid()}`,
        sku,
        locationId,
        unit,
        // Identifiers have no + and @.
        method: (forecast.method.split('@')[0] ?? 'unknown').replaceAll('+', '-'),
        model: { task: 'forecast', version, ...(sha256 === undefined ? {} : { sha256 }) },
        granularity,
        history: {
          from,
          to,
          periods: quantities.filter((quantity) => quantity !== undefined).length,
          zeroPeriods: quantities.filter((quantity) => quantity === 0).length,
        },
        horizon,
        points,
        ...(tested === undefined ? {} : { backtest: backTest(tested, quantities.slice(-held)) }),
        generatedAt,
      },
    ];
  });
  if (forecasts.length === 0) {
    throw new EdgeError('internal', `${version} made no usable forecast of any of ${series.length} products.`);
  }
  return forecasts;
}

function isUsable({ quantiles }: SeriesForecast, horizon: number): boolean {
  return QUANTILES.every((level) => {
    const values = quantiles.get(level)?.slice(0, horizon);
    return values?.length === horizon && values.every((value) => Number.isFinite(value));
  });
}

function usable(forecast: SeriesForecast | undefined, horizon: number): SeriesForecast | undefined {
  return forecast !== undefined && isUsable(forecast, horizon) ? forecast : undefined;
}

type Point = ForecastGenerated['points'][number];

/** Quantiles in order and rounded to hundredths: a crossing of some millionths is no news. */
function pointsOf(forecast: SeriesForecast, first: string, granularity: Granularity, horizon: number): Point[] {
  const value = (level: number, step: number) =>
    Math.round(Math.max(0, forecast.quantiles.get(level)?.[step] ?? 0) * 100) / 100;
  const points: Point[] = [];
  for (let step = 0, periodStart = first; step < horizon; step += 1) {
    const q50 = value(0.5, step);
    points.push({ periodStart, q10: Math.min(value(0.1, step), q50), q50, q90: Math.max(value(0.9, step), q50) });
    periodStart = periodAfter(periodStart, granularity);
  }
  return points;
}

/** Weighted absolute percentage error of the median and coverage of the 80 % band on what was kept aside. */
function backTest(forecast: SeriesForecast, actuals: readonly (number | undefined)[]): Record<string, number> {
  let error = 0;
  let total = 0;
  let covered = 0;
  let count = 0;
  for (const [step, actual] of actuals.entries()) {
    if (actual === undefined) continue;
    const at = (level: number) => forecast.quantiles.get(level)?.[step] ?? 0;
    error += Math.abs(actual - at(0.5));
    total += Math.abs(actual);
    covered += actual >= at(0.1) && actual <= at(0.9) ? 1 : 0;
    count += 1;
  }
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    periods: count,
    meanAbsoluteError: count === 0 ? 0 : rounded(error / count),
    ...(total > 0 ? { wape: rounded(error / total) } : {}),
    ...(count > 0 ? { coverage80: rounded(covered / count) } : {}),
  };
}

async function readForecasts({ store }: PipelineContext): Promise<Map<string, ForecastGenerated>> {
  const rows = await store.read({ sql: 'SELECT sku, snapshot FROM forecasts' });
  return new Map(rows.map((row) => [String(row.sku), JSON.parse(String(row.snapshot)) as ForecastGenerated]));
}

/** The SKUs and periods that were compared before: each counts once, also when the run fails after it. */
async function readReported({ store }: PipelineContext): Promise<Set<string>> {
  const rows = await store.read({ sql: "SELECT sku || ' ' || period_start AS key FROM forecast_errors" });
  return new Set(rows.map((row) => String(row.key)));
}

/** A forecast from the same history that says the same is not published again. */
function differs(fresh: ForecastGenerated, earlier: ForecastGenerated | undefined): boolean {
  if (earlier === undefined || earlier.model.version !== fresh.model.version) return true;
  return (
    JSON.stringify([earlier.history, earlier.points, earlier.method]) !==
    JSON.stringify([fresh.history, fresh.points, fresh.method])
  );
}

/** What an earlier forecast said of periods that have closed since, beside what came. */
function closedPeriods(
  { granularity, periods, series }: DemandHistory,
  earlier: ReadonlyMap<string, ForecastGenerated>,
  reported: ReadonlySet<string>,
  nowMs: number,
): NewEvent[] {
  const place = new Map(periods.map((period, at) => [period, at]));
  const bySku = new Map(series.map((one) => [one.sku, one]));
  const reportedAt = new Date(nowMs).toISOString();
  const open = periodOf(nowMs, granularity);
  return [...earlier.values()].flatMap((forecast) => {
    if (forecast.granularity !== granularity) return [];
    return forecast.points.flatMap((point, step) => {
      if (point.periodStart >= open || reported.has(`${forecast.sku} ${point.periodStart}`)) return [];
      const at = place.get(point.periodStart);
      const actual = at === undefined ? 0 : bySku.get(forecast.sku)?.quantities[at];
      return [forecastErrorReported.make(errorOf(forecast, point, step + 1, actual, reportedAt))];
    });
  });
}

function errorOf(
  { forecastId, sku, unit, method, model, granularity }: ForecastGenerated,
  point: Point,
  stepsAhead: number,
  observed: number | undefined,
  reportedAt: string,
) {
  const actual = Math.max(0, observed ?? 0);
  const { periodStart, q10, q50, q90 } = point;
  const pinball = (quantile: number, value: number) =>
    actual >= value ? quantile * (actual - value) : (1 - quantile) * (value - actual);
  return {
    forecastId,
    sku,
    unit,
    method,
    model,
    granularity,
    periodStart,
    stepsAhead,
    actual,
    forecast: { q10, q50, q90 },
    absoluteError: Math.abs(actual - q50),
    bias: q50 - actual,
    pinballLoss: (pinball(0.1, q10) + pinball(0.5, q50) + pinball(0.9, q90)) / 3,
    covered: actual >= q10 && actual <= q90,
    stockedOut: observed === undefined,
    reportedAt,
  };
}
