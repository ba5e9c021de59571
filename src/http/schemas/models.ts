import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';

/** Models over HTTP. */

const figures = z.record(z.string(), z.number());

export const model = z
  .object({
    task: z.string(),
    version: z.string(),
    stage: z.enum(['shipped', 'candidate', 'shadow', 'live', 'rolled-back', 'retired']),
    serving: z.boolean().describe('Whether it answers now'),
    pending: z.boolean().describe('Whether a deployment waits to be carried out'),
    sha256: z.string().optional(),
    reason: z.string().optional().describe('Why it is in this stage'),
    changedAt: field.instant.optional(),
    metrics: figures.optional().describe('Of its training, on held-out data'),
    shadow: z.object({ requests: field.count, agreement: z.number(), metrics: figures }).optional(),
    performance: z
      .looseObject({
        requests: field.count,
        errors: field.count,
        latencyMs: z.looseObject({ p95: z.number() }),
        quality: z.array(z.looseObject({ metric: z.string(), value: z.number() })),
      })
      .optional()
      .describe('The newest model.performance.reported'),
    drift: z
      .array(z.looseObject({ kind: z.string(), severity: z.string().optional() }))
      .optional()
      .describe('The newest drift event of each kind'),
  })
  .openapi('Model');

export const rolledBack = z
  .object({ task: z.string(), from: z.string(), to: z.string().describe('"shipped" is the one of the program') })
  .openapi('ModelRollback');
