import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { contentId, contentKind, modelReference } from '../parts.ts';

const requested = z.object({
  requestId: field.id,
  conversationId: field.id,
  promptId: field.id.optional(),
  query: field.text(20_000),
  collection: field.id,
  mode: z.enum(['hybrid', 'semantic', 'keyword']),
  topK: z.int().min(1).max(1000),
  model: modelReference.optional().describe('Of the query vector; keyword search has none'),
  results: z.array(z.object({ kind: contentKind, id: contentId, score: field.measure })).max(1000),
  cached: z.boolean(),
  durationMs: field.measure,
  requestedAt: field.instant,
});

export type ContextEmbeddingRequested = z.infer<typeof requested>;

const model = {
  task: 'embedding',
  version: 'embedding-1.0.0',
  sha256: 'd1f0c2b93e8a4756907bc5de218f6a34b0e9758c1d2f4a6b83c7e05f91d2ab64',
};

export const contextEmbeddingRequested = defineEvent({
  type: 'context.embedding.requested',
  layer: 'genai',
  direction: 'up',
  lane: 'bulk',
  producer: 'rag-layer',
  consumers: ['vector-db', 'edge'],
  purpose: 'What was looked up to ground a session, and what was found: the retrieval trace.',
  patterns: ['event-notification'],
  personal: ['query'],
  schema: requested,
  example: {
    requestId: '0199a0cb-0d40-7b51-a262-7384950617a8',
    conversationId: '0199a0cb-0cfe-7a90-8d1b-6c5b4a392817',
    promptId: '0199a0cb-0d11-7e02-b3c4-1f2e3d4c5b6a',
    query: 'hose that replaces HYD-2209-08 front loader',
    collection: 'products',
    mode: 'hybrid',
    topK: 8,
    model,
    results: [
      { kind: 'product', id: 'HYD-2210-08', score: 0.83 },
      { kind: 'document', id: 'hose-replacement-guide', score: 0.71 },
    ],
    cached: false,
    durationMs: 4.2,
    requestedAt: '2026-11-02T11:30:00.050Z',
  },
  subject: (data) => data.conversationId,
});

const updated = z.object({
  updateId: field.id,
  collection: field.id,
  indexVersion: field.version.describe('Rises with every update; grounding made with an older one is stale'),
  reason: z.enum(['content-changed', 'model-changed', 'drift', 'rebuild']),
  model: modelReference,
  items: z
    .array(
      z.object({
        kind: contentKind,
        id: contentId,
        change: z.enum(['upserted', 'removed']),
        sourceSha256: field.sha256Hex.optional(),
      }),
    )
    .max(5000)
    .describe('Empty: the whole collection'),
  updatedAt: field.instant,
});

export type ContextEmbeddingUpdated = z.infer<typeof updated>;

export const contextEmbeddingUpdated = defineEvent({
  type: 'context.embedding.updated',
  layer: 'genai',
  direction: 'both',
  lane: 'bulk',
  producer: 'vector-db',
  consumers: ['llm-orchestrator', 'edge'],
  purpose: 'Vectors that answers are grounded on have changed; cached grounding is refreshed.',
  patterns: ['event-notification', 'choreography'],
  schema: updated,
  example: {
    updateId: 'CTX-2026-11-02-11',
    collection: 'products',
    indexVersion: 118,
    reason: 'content-changed',
    model,
    items: [
      {
        kind: 'product',
        id: 'HYD-2210-08',
        change: 'upserted',
        sourceSha256: '7a3c91e50b2d4f688ce1a7093b5d2f4e6187c0a9d3e4b5f60718293a4b5c6d7e',
      },
    ],
    updatedAt: '2026-11-02T09:16:01.000Z',
  },
  subject: (data) => data.collection,
});
