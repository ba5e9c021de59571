import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { modelReference } from '../parts.ts';

const schema = z.object({
  runId: field.id,
  pipeline: field.id,
  step: field.id,
  model: modelReference.optional(),
  attempt: z.int().min(1).max(1000),
  errorCode: field.id,
  message: field.text(2000),
  retryable: z.boolean(),
  retryAt: field.instant.optional().describe('Absent when no further attempt is planned'),
  processed: field.count.describe('Items that were done before the failure; they stay done'),
  total: field.count.optional(),
  startedAt: field.instant,
  failedAt: field.instant,
});

export type MlPipelineFailed = z.infer<typeof schema>;

export const mlPipelineFailed = defineEvent({
  type: 'ml.pipeline.failed',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'mlflow',
  consumers: ['aiops', 'edge'],
  purpose: 'An embedding, forecast or recommender run broke off; an incident is opened.',
  patterns: ['event-notification', 'choreography'],
  schema,
  example: {
    runId: 'RUN-2026-11-02-0019',
    pipeline: 'forecast-run',
    step: 'infer',
    model: { task: 'forecast', version: 'forecast-1.2.0' },
    attempt: 3,
    errorCode: 'artefact-digest-mismatch',
    message: 'forecast-1.2.0.onnx does not have the digest of its card; fetch it again or roll back.',
    retryable: false,
    processed: 0,
    total: 412,
    startedAt: '2026-11-02T03:00:00.000Z',
    failedAt: '2026-11-02T03:00:01.000Z',
  },
  subject: (data) => data.runId,
});
