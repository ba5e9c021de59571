import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, modelArtefact, modelReference } from '../parts.ts';

const shared = {
  layer: 'genai',
  direction: 'down',
  lane: 'bulk',
  producer: 'fine-tuning-studio',
  subject: (data: { jobId: string }) => data.jobId,
} as const;

const started = z.object({
  jobId: field.id,
  baseModel: field.text(120),
  method: z.enum(['full', 'lora', 'preference']),
  dataset: z.object({
    id: field.id,
    examples: field.count,
    feedbackEvents: field.count.describe('How many came from feedback'),
    sha256: field.sha256Hex,
  }),
  hyperparameters: z.record(z.string().max(80), field.text(200)),
  budgetMinor: field.minorUnits.optional(),
  currency: field.currency.optional(),
  startedAt: field.instant,
});

export type FineTuneStarted = z.infer<typeof started>;

export const fineTuneStarted = defineEvent({
  ...shared,
  type: 'fine_tune.started',
  consumers: ['mlops', 'mlflow', 'edge'],
  purpose: 'A fine-tuning job has begun, on which data and from which model.',
  patterns: ['event-notification'],
  schema: started,
  example: {
    jobId: 'FT-2026-10-31-01',
    baseModel: 'dealeriq-llm-2026-08',
    method: 'lora',
    dataset: {
      id: 'feedback-2026-10',
      examples: 4820,
      feedbackEvents: 1377,
      sha256: '5e9a07c4d1b8f2630c7d94ae85f1b3627d0c48e9a6f5b2130e8d7c6a59b4f312',
    },
    hyperparameters: { rank: '16', epochs: '3', learningRate: '0.0002' },
    budgetMinor: 40_000,
    currency: 'EUR',
    startedAt: '2026-10-31T18:00:00.000Z',
  },
});

const completed = z.object({
  jobId: field.id,
  baseModel: field.text(120),
  outcome: z.enum(['succeeded', 'failed', 'cancelled']),
  model: modelReference.optional().describe('When it succeeded'),
  artefact: modelArtefact.optional(),
  metrics: figures,
  trainedTokens: field.count,
  costMinor: field.minorUnits.optional(),
  currency: field.currency.optional(),
  failure: field.text(1000).optional(),
  startedAt: field.instant,
  completedAt: field.instant,
});

export type FineTuneCompleted = z.infer<typeof completed>;

export const fineTuneCompleted = defineEvent({
  ...shared,
  type: 'fine_tune.completed',
  consumers: ['model-registry', 'edge'],
  purpose: 'A fine-tuning job has ended; a model that came of it is a candidate version.',
  patterns: ['event-notification', 'choreography'],
  schema: completed,
  example: {
    jobId: 'FT-2026-10-31-01',
    baseModel: 'dealeriq-llm-2026-08',
    outcome: 'succeeded',
    model: {
      task: 'assistant',
      version: 'dealeriq-llm-2026-10',
      sha256: 'a4c1e8079d5b3f26e0b7d81c94a5f3602e8b7d9c1f0a4e5362d8b7c9e1f0a354',
    },
    metrics: { evaluationLoss: 0.81, preferenceAccuracy: 0.74 },
    trainedTokens: 6_310_000,
    costMinor: 31_260,
    currency: 'EUR',
    startedAt: '2026-10-31T18:00:00.000Z',
    completedAt: '2026-10-31T20:41:00.000Z',
  },
});
