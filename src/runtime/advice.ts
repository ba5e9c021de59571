import { nearestQuantity } from '../domain/pricing/quantity-rules.ts';
import { type ForecastModel, forecastDemand, type PastPeriod } from '../pipelines/forecast-demand.ts';
import { ModelMeter } from '../pipelines/model-meter.ts';
import { isDistrusted, type MonitorOptions, monitorModels } from '../pipelines/monitor-models.ts';
import { isOver } from '../pipelines/periods.ts';
import type { Pipeline } from '../pipelines/pipeline.ts';
import {
  type RecommendationModel,
  recommendOrders,
  type StockLevels,
  type StoredForecast,
} from '../pipelines/recommend-orders.ts';
import { type PipelineRunner, type RunnerOptions, startPipelines } from '../pipelines/run-pipelines.ts';
import type { Runtime } from '../runtime.ts';

export type { ForecastModel } from '../pipelines/forecast-demand.ts';
export type { BasketAnswer, BasketQuestion, StockLevels, StoredForecast } from '../pipelines/recommend-orders.ts';
export type { PipelineState } from '../pipelines/run-pipelines.ts';

/** When goods come, and how sure one wants to be to have them. */
export interface StockPolicy {
  /** From placing an order to having the goods, in days. */
  readonly leadTimeDays: number;
  /** Chance of no shortage, above 0.5 and below 1. */
  readonly serviceLevel: number;
}

/** The models that advice is made with. They may be changed while it runs. */
export interface AdviceModels {
  forecast(): ForecastModel;
  readonly recommend: Pick<RecommendationModel, 'version' | 'recommend'>;
  replenish(forecast: StoredForecast, policy: StockPolicy): StockLevels;
}

export interface AdviceOptions {
  readonly runtime: Runtime;
  readonly models: AdviceModels;
  readonly policy: StockPolicy;
  readonly codeVersion: string;
  readonly firstAfterMs?: number;
  readonly settleMs?: number;
  readonly report: RunnerOptions['report'];
  /** Further pipelines, run after the others. */
  readonly pipelines?: readonly Pipeline[];
  /** Counts what models do; one of its own unless given. */
  readonly meter?: ModelMeter;
  /** How vectors are watched, and how a failing model is taken out of service. */
  readonly monitor?: Pick<MonitorOptions, 'vectors' | 'rollBack'>;
}

/** Forecasts and suggestions of this box. */
export interface Advice extends PipelineRunner {
  readonly policy: StockPolicy;
  history(sku: string): readonly PastPeriod[];
  /** When to order and up to what; nothing where the forecast is over, as that of a product that sells no more. */
  replenish(forecast: StoredForecast): StockLevels | undefined;
}

/** Starts the pipelines that turn the log into advice. Close it before the runtime. */
export function startAdvice(options: AdviceOptions): Advice {
  const { runtime, models, policy } = options;
  const { clock, scheduler } = runtime.ports;
  const replenish = (forecast: StoredForecast) => {
    const last = forecast.points.at(-1);
    const isCurrent = last !== undefined && !isOver(last.periodStart, forecast.granularity, clock.nowMs());
    return isCurrent ? models.replenish(forecast, policy) : undefined;
  };
  const meter = options.meter ?? new ModelMeter(() => clock.nowMs());
  const forecasts = forecastDemand(async () => {
    const meant = models.forecast();
    const { fallback } = meant;
    const isUsed = fallback === undefined || !(await isDistrusted(runtime.store, meant.version));
    return metered(isUsed ? meant : fallback, meter);
  });
  const { version, recommend } = models.recommend;
  const monitor = monitorModels({
    deviceId: runtime.identity.deviceId,
    meter,
    forecast: () => models.forecast(),
    demand: forecasts.demand,
    ...options.monitor,
  });
  const recommendations = recommendOrders({
    version,
    recommend: (question) => meter.observe({ task: 'recommendation', version }, () => recommend(question)),
    replenish,
    orderable: nearestQuantity,
    leadTimeDays: policy.leadTimeDays,
  });
  const runner = startPipelines({
    context: {
      store: {
        // A read holds up the thread; before each one the requests that wait get their turn.
        read: async (statement) => {
          await scheduler.yield();
          return runtime.store.read(statement);
        },
      },
      ports: runtime.ports,
      dealerId: runtime.identity.dealerId,
      locationId: runtime.identity.locationId,
      codeVersion: options.codeVersion,
      publish: async (facts) => {
        if (facts.length > 0) await runtime.execute('publish-facts', { facts });
      },
    },
    pipelines: [forecasts, recommendations, ...(options.pipelines ?? []), monitor],
    subscribe: runtime.subscribe,
    firstAfterMs: options.firstAfterMs ?? 1000,
    settleMs: options.settleMs ?? 5000,
    report: options.report,
  });
  return { ...runner, policy, history: forecasts.history, replenish };
}

function metered(model: ForecastModel, meter: ModelMeter): ForecastModel {
  const { version, forecaster } = model;
  return {
    ...model,
    forecaster: {
      forecast: (histories, options) =>
        meter.observe({ task: 'forecast', version }, () => forecaster.forecast(histories, options)),
    },
  };
}
