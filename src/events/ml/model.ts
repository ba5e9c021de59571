import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, modelArtefact, modelReference, period, sample } from '../parts.ts';

const sha256 = '9f2b6c0e5a7d41388bd2c4f6e0a1937564fd20b8c3e79a1d5b60f4827e93ac15';
const model = { task: 'forecast', version: 'forecast-1.2.0', sha256 };
const artefact = {
  url: 'https://models.dealeriq.example/forecast-1.2.0.onnx',
  format: 'onnx',
  bytes: 1_204_224,
  sha256,
  signature: {
    algorithm: 'Ed25519',
    keyId: 'models-2026',
    value: 'q1L7mZ0pXk2v8JdS4tR6wYb3cF9nH5aGuEoT1iVxKzPjM0sQeLrWfDhB7yNgUC2A4vO8RkXtZ6JpSmIw5dEqBA==',
  },
};

const shared = {
  layer: 'ml',
  lane: 'bulk',
  subject: (data: { model: { version: string } }) => data.model.version,
} as const;

const trained = z.object({
  model: modelReference,
  artefact: modelArtefact,
  runId: field.id,
  parentVersion: field.id.optional().describe('The version that it is meant to replace'),
  inputs: z.array(field.text(120)).max(500),
  trainingData: z.object({
    datasetId: field.id,
    window: period,
    rows: field.count,
    sha256: field.sha256Hex.optional(),
  }),
  parameters: z.record(z.string().max(80), field.text(200)),
  metrics: figures.describe('On held-out data'),
  baselineMetrics: figures.optional().describe('Of the simplest method on the same data'),
  licence: field.text(80),
  trainedAt: field.instant,
});

export type ModelTrained = z.infer<typeof trained>;

export const modelTrained = defineEvent({
  ...shared,
  type: 'model.trained',
  direction: 'down',
  producer: 'mlflow',
  consumers: ['registry', 'deployment', 'edge'],
  purpose: 'A new model version exists, as a candidate: where it lies, what it was trained on, how good it is.',
  patterns: ['event-notification', 'event-carried-state-transfer'],
  schema: trained,
  example: {
    model,
    artefact,
    runId: 'run-7741',
    parentVersion: 'forecast-1.1.0',
    inputs: ['soldQuantity', 'priceRatio', 'promotionDepth', 'weekOfYear'],
    trainingData: {
      datasetId: 'demand-weekly-2026-10',
      window: { from: '2023-10-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' },
      rows: 1_904_310,
      sha256: '4c7e2d90b1a85f36d8e02b749c6153fa0d9be8712645cf3a7b80d1e9f2563c48',
    },
    parameters: { trees: '400', depth: '6', loss: 'pinball' },
    metrics: { wape: 0.214, mase: 0.83, coverage80: 0.79 },
    baselineMetrics: { wape: 0.287, mase: 1, coverage80: 0.74 },
    licence: 'Apache-2.0',
    trainedAt: '2026-11-01T02:40:00.000Z',
  },
});

const deployed = z.object({
  deploymentId: field.id,
  model: modelReference,
  stage: z.enum(['shadow', 'live', 'rolled-back', 'retired']),
  artefact: modelArtefact.optional().describe('From the centre: what to fetch'),
  replaces: field.id.optional().describe('The version that was live before'),
  deviceId: field.id.optional().describe('From the edge: where it is live now'),
  shadow: z
    .object({ requests: field.count, agreement: field.ratio, metrics: figures })
    .optional()
    .describe('How it did beside the live version before the swap'),
  reason: field.text(500).optional(),
  deployedAt: field.instant,
});

export type ModelDeployed = z.infer<typeof deployed>;

export const modelDeployed = defineEvent({
  ...shared,
  type: 'model.deployed',
  direction: 'both',
  producer: 'deployment-service',
  consumers: ['aiops', 'insight-service', 'edge'],
  purpose: 'A model version is to be live (from the centre) or is live here (from the edge).',
  patterns: ['event-notification', 'choreography'],
  schema: deployed,
  example: {
    deploymentId: 'DEP-2026-11-02-01',
    model,
    stage: 'live',
    artefact,
    replaces: 'forecast-1.1.0',
    deviceId: 'B1',
    shadow: { requests: 500, agreement: 0.97, metrics: { wape: 0.211 } },
    deployedAt: '2026-11-02T03:10:00.000Z',
  },
});

const performance = z.object({
  model: modelReference,
  deviceId: field.id,
  window: period,
  requests: field.count,
  errors: field.count,
  latencyMs: z.object({ p50: field.measure, p95: field.measure, p99: field.measure, max: field.measure }),
  quality: z
    .array(
      z.object({
        metric: field.id,
        value: field.measure,
        samples: field.count,
        baseline: field.measure.optional().describe('The same metric of the version before'),
      }),
    )
    .max(50),
  reportedAt: field.instant,
});

export type ModelPerformanceReported = z.infer<typeof performance>;

export const modelPerformanceReported = defineEvent({
  ...shared,
  type: 'model.performance.reported',
  direction: 'up',
  producer: 'monitoring-agent',
  consumers: ['mlflow', 'aiops', 'edge'],
  purpose: 'Latency, errors and quality of a model version over a window; a regression rolls it back.',
  patterns: ['event-notification', 'streaming-etl'],
  schema: performance,
  example: {
    model: { task: 'recommendation', version: 'recommender-1.0.0' },
    deviceId: 'B1',
    window: { from: '2026-11-02T08:00:00.000Z', to: '2026-11-02T09:00:00.000Z' },
    requests: 318,
    errors: 1,
    latencyMs: { p50: 3.1, p95: 9.8, p99: 21.4, max: 48 },
    quality: [{ metric: 'hitRateAt5', value: 0.31, samples: 74, baseline: 0.28 }],
    reportedAt: '2026-11-02T09:00:02.000Z',
  },
});

const drift = z.object({
  driftId: field.id,
  model: modelReference,
  kind: z.enum(['input', 'prediction', 'error']),
  reference: sample.describe('What the model was trained or last accepted on'),
  current: sample,
  features: z
    .array(
      z.object({
        feature: field.text(120),
        statistic: z.enum(['psi', 'ks', 'error-ratio']),
        value: field.measure,
        threshold: field.measure,
        pValue: field.ratio.optional(),
        bins: field.count.optional().describe('Of PSI'),
        drifted: z.boolean(),
      }),
    )
    .min(1)
    .max(500),
  severity: z.enum(['warning', 'critical']),
  fallback: field.id.optional().describe('The method that answers until the model is trusted again'),
  detectedAt: field.instant,
});

export type ModelDriftDetected = z.infer<typeof drift>;

export const modelDriftDetected = defineEvent({
  ...shared,
  type: 'model.drift.detected',
  direction: 'up',
  producer: 'drift-detector',
  consumers: ['mlops-pipeline', 'edge'],
  purpose: 'What a model sees or answers has moved away from what it was trained on; retraining follows.',
  patterns: ['event-notification', 'choreography'],
  schema: drift,
  example: {
    driftId: 'DRIFT-2026-11-02-03',
    model,
    kind: 'input',
    reference: { from: '2026-04-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z', samples: 18_240 },
    current: { from: '2026-10-05T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', samples: 2816 },
    features: [
      { feature: 'priceRatio', statistic: 'psi', value: 0.31, threshold: 0.2, bins: 10, drifted: true },
      { feature: 'soldQuantity', statistic: 'ks', value: 0.06, threshold: 0.12, pValue: 0.24, drifted: false },
    ],
    severity: 'critical',
    fallback: 'seasonal-naive',
    detectedAt: '2026-11-02T03:05:00.000Z',
  },
});
