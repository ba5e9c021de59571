import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { content, modelReference, sample } from '../parts.ts';

const dimension = z.int().min(1).max(4096);

const generated = z.object({
  target: content,
  chunk: field.count.optional().describe('Of a long document, from 0'),
  sourceSha256: field.sha256Hex.describe('Of the text, so that unchanged text is not embedded again'),
  model: modelReference,
  dimension,
  encoding: z.enum(['float32', 'int8']),
  scale: field.measure.optional().describe('Of int8: the value of one step'),
  vector: z
    .string()
    .max(22_000)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'base64')
    .describe('Base64 of the components, little-endian'),
  normalized: z.boolean().describe('Whether its length is 1'),
  generatedAt: field.instant,
});

export type EmbeddingGenerated = z.infer<typeof generated>;

const model = {
  task: 'embedding',
  version: 'embedding-1.0.0',
  sha256: 'd1f0c2b93e8a4756907bc5de218f6a34b0e9758c1d2f4a6b83c7e05f91d2ab64',
};

export const embeddingGenerated = defineEvent({
  type: 'embedding.generated',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'embedding-worker',
  consumers: ['vector-db', 'edge'],
  purpose: 'The vector of a product, document, dealer or ticket, for the vector index.',
  patterns: ['event-carried-state-transfer', 'streaming-etl'],
  schema: generated,
  example: {
    target: { kind: 'product', id: 'HYD-2210-08' },
    sourceSha256: '7a3c91e50b2d4f688ce1a7093b5d2f4e6187c0a9d3e4b5f60718293a4b5c6d7e',
    model,
    dimension: 8,
    encoding: 'int8',
    scale: 0.0078125,
    vector: 'FfA4DNkCQ7E=',
    normalized: true,
    generatedAt: '2026-11-02T09:16:00.000Z',
  },
  subject: (data) => `${data.target.kind}:${data.target.id}`,
});

const alert = z.object({
  alertId: field.id,
  model: modelReference,
  collection: field.id,
  kind: z.enum(['centroid-shift', 'neighbourhood-shift', 'dimension-mismatch', 'model-mismatch']),
  reference: sample.optional(),
  current: sample,
  value: field.measure.describe('Cosine distance, lost share of neighbours, or vectors that do not fit'),
  threshold: field.measure,
  expectedDimension: dimension.optional(),
  actualDimension: dimension.optional(),
  itemsToEmbed: field.count.describe('How many the re-embedding job takes on'),
  detectedAt: field.instant,
});

export type EmbeddingDriftAlert = z.infer<typeof alert>;

export const embeddingDriftAlert = defineEvent({
  type: 'embedding.drift.alert',
  layer: 'ml',
  direction: 'up',
  lane: 'bulk',
  producer: 'validator-service',
  consumers: ['embedding-retrain-job', 'edge'],
  purpose: 'The vectors of a collection have shifted or no longer fit together; they are embedded again.',
  patterns: ['event-notification', 'choreography'],
  schema: alert,
  example: {
    alertId: 'EDA-2026-11-02-01',
    model,
    collection: 'products',
    kind: 'neighbourhood-shift',
    reference: { from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z', samples: 500 },
    current: { from: '2026-10-26T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', samples: 500 },
    value: 0.34,
    threshold: 0.25,
    itemsToEmbed: 2140,
    detectedAt: '2026-11-02T04:00:00.000Z',
  },
  subject: (data) => data.collection,
});
