import { detectDrift, summariseDrift } from '../../models/core/drift/detect-drift.ts';
import type { NewEvent } from '../core/event.ts';
import { embeddingDriftAlert } from '../events/ml/embedding.ts';
import {
  type ModelDriftDetected,
  type ModelPerformanceReported,
  modelDriftDetected,
  modelPerformanceReported,
} from '../events/ml/model.ts';
import { driftAlert } from '../events/ops/drift.ts';
import type { Store } from '../store/store.ts';
import type { ForecastModel } from './forecast-demand.ts';
import type { MeterReading, ModelMeter, ModelReference } from './model-meter.ts';
import { lastDayOf } from './periods.ts';
import { type Pipeline, type PipelineContext, publishInParts } from './pipeline.ts';
import type { DemandHistory } from './read-demand.ts';
import type { VectorDrift } from './vector-drift.ts';

const HOUR_MS = 3_600_000;
/** Closed periods that count as now. */
const CURRENT = { week: 4, month: 3 } as const;
/** Fewer compared forecasts than this say nothing of a model's error. */
const ERRORS_MIN = 20;
/** A version that fails more than this share of so many requests is taken out of service. */
const FAILING = { share: 0.05, requests: 20 } as const;

export interface MonitorOptions {
  readonly deviceId: string;
  readonly meter: ModelMeter;
  /** The forecast model that the site is meant to use. */
  forecast(): ForecastModel;
  /** The demand that was forecast last; what forecasts reads the log for it, which is not done a second time. */
  demand(): DemandHistory | undefined;
  /** Looks at the vectors; absent where nothing is embedded. */
  readonly vectors?: VectorDrift | undefined;
  /** Takes a failing version out of service, where another one can take its place. */
  rollBack?(model: ModelReference, reason: string): Promise<void>;
}

/** Reports how the models of a site perform, and when what they see, make or miss has moved away. */
export function monitorModels(options: MonitorOptions): Pipeline {
  return {
    name: 'monitor-models',
    step: 'monitor',
    everyMs: HOUR_MS,
    reactsTo: [],
    async run(context) {
      const readings = options.meter.take();
      const reports: NewEvent[] = [];
      for (const reading of readings) reports.push(await performanceOf(reading, options, context));
      const drifted = await demandDrift(options, context);
      const facts = [...reports, ...drifted];
      const embedding = await options.vectors?.detect(context);
      if (embedding !== undefined) facts.push(embeddingDriftAlert.make(embedding));
      await publishInParts(context, facts);
      for (const { model, requests, errors } of readings) {
        if (requests < FAILING.requests || errors <= FAILING.share * requests) continue;
        await options.rollBack?.(model, `It failed ${errors} of ${requests} requests.`);
      }
      if (embedding !== undefined) await options.vectors?.embedAgain();
      return { processed: readings.length, published: facts.length };
    },
  };
}

/**
 * Whether a forecast model has drifted so far in its errors that its fallback answers: from the alarm on, until another
 * version takes its place.
 */
export async function isDistrusted(store: Pick<Store, 'read'>, version: string): Promise<boolean> {
  const [row] = await store.read({
    sql: `SELECT 1 AS found FROM model_reports
      WHERE version = ? AND kind = 'drift-error' AND snapshot ->> '$.severity' = 'critical'`,
    args: [version],
  });
  return row !== undefined;
}

async function performanceOf(
  { model, sinceMs, requests, errors, latencyMs }: MeterReading,
  { deviceId }: MonitorOptions,
  { store, ports }: PipelineContext,
): Promise<NewEvent> {
  const reportedAt = new Date(ports.clock.nowMs()).toISOString();
  return modelPerformanceReported.make({
    model,
    deviceId,
    window: { from: new Date(sinceMs).toISOString(), to: reportedAt },
    requests,
    errors,
    latencyMs,
    quality: model.task === 'forecast' ? await forecastQuality(store, model.version) : [],
    reportedAt,
  });
}

/** Error and coverage of a forecast version over all closed periods, beside those of the other versions. */
async function forecastQuality(
  store: Pick<Store, 'read'>,
  version: string,
): Promise<ModelPerformanceReported['quality']> {
  const rows = await store.read({
    sql: `SELECT model_version = ? AS own, count(*) AS samples, avg(absolute_error) AS error, avg(covered) AS covered
      FROM forecast_errors WHERE stocked_out = 0 GROUP BY 1`,
    args: [version],
  });
  const own = rows.find((row) => Number(row.own) === 1);
  const others = rows.find((row) => Number(row.own) === 0);
  if (own === undefined) return [];
  const samples = Number(own.samples);
  const figure = (metric: string, column: 'error' | 'covered') => ({
    metric,
    value: Number(own[column]),
    samples,
    ...(others === undefined ? {} : { baseline: Number(others[column]) }),
  });
  return [figure('meanAbsoluteError', 'error'), figure('coverage80', 'covered')];
}

async function demandDrift({ forecast, demand }: MonitorOptions, context: PipelineContext): Promise<NewEvent[]> {
  const seen = demand();
  if (seen === undefined) return [];
  const { store, ports } = context;
  const nowMs = ports.clock.nowMs();
  const { granularity, periods, series } = seen;
  const now = CURRENT[granularity];
  const [first, last] = [periods[0], periods.at(-1)];
  const [lastBefore, firstNow] = [periods.at(-now - 1), periods.at(-now)];
  if (first === undefined || last === undefined || lastBefore === undefined || firstNow === undefined) return [];
  const { version, fallback } = forecast();
  const known = (from: number, to?: number) =>
    series.flatMap(({ quantities }) => quantities.slice(from, to).filter((one) => one !== undefined));
  const before = known(0, -now);
  const current = known(-now);
  const errors = await errorsAround(store, version, firstNow);
  const instant = (day: string) => `${day}T00:00:00.000Z`;
  const window = { from: instant(firstNow), to: instant(lastDayOf(last, granularity)) };
  const detectedAt = new Date(nowMs).toISOString();
  const found = detectDrift({
    model: { task: 'forecast', version },
    features: [{ feature: 'demandQuantity', reference: before, current }],
    ...(errors === undefined ? {} : { errors }),
    reference: { from: instant(first), to: instant(lastDayOf(lastBefore, granularity)), samples: before.length },
    current: { ...window, samples: current.length },
    fallback: fallback?.version ?? version,
    detectedAt,
    newId: () => `DRIFT-${ports.random.uuid()}`,
  });
  const news: ModelDriftDetected[] = [];
  for (const one of found) if (await isNew(store, one)) news.push(one);
  const alert = summariseDrift(news, {
    alertId: `DA-${ports.random.uuid()}`,
    dataset: `dealer-sku-demand-${granularity}`,
    window,
    raisedAt: detectedAt,
  });
  return [...news.map((one) => modelDriftDetected.make(one)), ...(alert === undefined ? [] : [driftAlert.make(alert)])];
}

/** The same drift over the same periods is reported once. */
async function isNew(store: Pick<Store, 'read'>, { model, kind, current }: ModelDriftDetected): Promise<boolean> {
  const [row] = await store.read({
    sql: "SELECT snapshot ->> '$.current.to' AS upTo FROM model_reports WHERE version = ? AND kind = ?",
    args: [model.version, `drift-${kind}`],
  });
  return row === undefined || String(row.upTo) < current.to;
}

/** Mean absolute errors of a version before a day and from it on; `undefined` where either are too few. */
async function errorsAround(store: Pick<Store, 'read'>, version: string, day: string) {
  const [row] = await store.read({
    sql: `SELECT avg(absolute_error) FILTER (WHERE period_start < ?2) AS reference,
        count(*) FILTER (WHERE period_start < ?2) AS before,
        avg(absolute_error) FILTER (WHERE period_start >= ?2) AS current,
        count(*) FILTER (WHERE period_start >= ?2) AS since
      FROM forecast_errors WHERE model_version = ?1 AND stocked_out = 0`,
    args: [version, day],
  });
  if (row === undefined || Number(row.before) < ERRORS_MIN || Number(row.since) < ERRORS_MIN) return undefined;
  return { reference: Number(row.reference), current: Number(row.current) };
}
