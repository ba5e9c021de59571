import type { EventDefinition } from '../core/define-event.ts';
import * as context from './genai/context.ts';
import * as fineTune from './genai/fine-tune.ts';
import * as genaiCost from './genai/genai-cost.ts';
import * as llm from './genai/llm.ts';
import * as prompt from './genai/prompt.ts';
import * as embedding from './ml/embedding.ts';
import * as feature from './ml/feature.ts';
import * as forecast from './ml/forecast.ts';
import * as model from './ml/model.ts';
import * as recommender from './ml/recommender.ts';
import * as audit from './ops/audit.ts';
import * as cost from './ops/cost.ts';
import * as data from './ops/data.ts';
import * as drift from './ops/drift.ts';
import * as incident from './ops/incident.ts';
import * as metric from './ops/metric.ts';
import * as mlPipeline from './ops/ml-pipeline.ts';
import * as dealer from './transactional/dealer.ts';
import * as feedback from './transactional/feedback.ts';
import * as inventory from './transactional/inventory.ts';
import * as order from './transactional/order.ts';
import * as payment from './transactional/payment.ts';
import * as price from './transactional/price.ts';
import * as product from './transactional/product.ts';
import * as promotion from './transactional/promotion.ts';
import * as shipment from './transactional/shipment.ts';
import * as ticket from './transactional/ticket.ts';

/** Every event type, once: the list that everything else is derived from. */
export const definitions = [
  // Transactional
  dealer.dealerCreated,
  dealer.dealerUpdated,
  product.productUpdated,
  inventory.inventoryChanged,
  order.orderPlaced,
  order.orderAccepted,
  order.orderRejected,
  order.orderCancelled,
  payment.paymentAuthorized,
  payment.paymentDeclined,
  shipment.shipmentDispatched,
  price.priceChanged,
  promotion.promotionActivated,
  ticket.ticketCreated,
  feedback.feedbackSubmitted,
  // ML / AI
  feature.featureUpdated,
  model.modelTrained,
  model.modelDeployed,
  model.modelPerformanceReported,
  model.modelDriftDetected,
  embedding.embeddingGenerated,
  embedding.embeddingDriftAlert,
  forecast.forecastGenerated,
  forecast.forecastErrorReported,
  recommender.recommenderOutput,
  // GenAI
  llm.llmPromptRequested,
  llm.llmResponseGenerated,
  llm.llmFeedbackReceived,
  prompt.promptTemplateUpdated,
  fineTune.fineTuneStarted,
  fineTune.fineTuneCompleted,
  genaiCost.genaiCostMetric,
  prompt.promptEvaluationCompleted,
  context.contextEmbeddingRequested,
  context.contextEmbeddingUpdated,
  // Ops and governance
  data.dataPipelineStarted,
  data.dataValidationFailed,
  data.dataContractViolation,
  mlPipeline.mlPipelineFailed,
  drift.driftAlert,
  incident.incidentCreated,
  incident.incidentResolved,
  metric.metricAnomalyDetected,
  cost.costSpikeDetected,
  audit.auditEventLogged,
] as const;

type Definitions = (typeof definitions)[number];

/** The name of an event type of the catalogue. */
export type EventType = Definitions['type'];

/** The payload of an event type. */
export type EventData<Type extends EventType> = Extract<Definitions, { type: Type }>['example'];

/** A fact of any catalogued type, told apart by `type`. */
export type CatalogFact = { [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> } }[EventType];

const byType = new Map<string, EventDefinition>(
  definitions.map((definition) => [definition.type, definition as unknown as EventDefinition]),
);

/** The catalogue, by event type. */
export const catalog: ReadonlyMap<string, EventDefinition> = byType;

/** Whether this program knows a version of an event type, so that it may act on its payload. */
export function isKnownVersion(type: string, version: number): boolean {
  return version <= (byType.get(type)?.version ?? 0);
}

/** The definition of an event type, or `undefined` when the catalogue lacks it. */
export function definitionOf(type: string): EventDefinition | undefined {
  return byType.get(type);
}
