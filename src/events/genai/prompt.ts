import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { figures, templateReference } from '../parts.ts';

const template = z.object({
  templateId: field.id,
  version: field.version,
  name: field.text(200),
  body: z.string().min(1).max(40_000).describe('With {{variables}}'),
  variables: z
    .array(z.object({ name: field.id, required: z.boolean(), description: field.text(300).optional() }))
    .max(100),
  language: z.string().min(2).max(16).describe('BCP 47'),
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: field.count.optional(),
  sha256: field.sha256Hex.describe('Of the body'),
  status: z.enum(['active', 'retired']),
  changeNote: field.text(500).optional(),
  changedBy: field.text(120).optional(),
  activeFrom: field.instant,
});

export type PromptTemplateUpdated = z.infer<typeof template>;

export const promptTemplateUpdated = defineEvent({
  type: 'prompt.template.updated',
  layer: 'genai',
  direction: 'down',
  lane: 'bulk',
  producer: 'prompt-repository',
  consumers: ['genaiops-monitor', 'edge'],
  purpose: 'A new version of a prompt template is active; earlier ones are kept.',
  patterns: ['event-notification', 'event-carried-state-transfer'],
  personal: ['changedBy'],
  schema: template,
  example: {
    templateId: 'parts-assistant',
    version: 4,
    name: 'Parts assistant',
    body: 'Answer the dealer from the sources only, and cite them.\n{{sources}}\nQuestion: {{question}}',
    variables: [
      { name: 'sources', required: true, description: 'Numbered passages' },
      { name: 'question', required: true },
    ],
    language: 'en',
    temperature: 0.2,
    maxOutputTokens: 600,
    sha256: '2b8e41f7c09d5a6318e4b72fd0c9a5637e1840bf29d6c3a58b7f0e1d4c2a9683',
    status: 'active',
    changeNote: 'asks for citations',
    changedBy: 'A. Lindqvist',
    activeFrom: '2026-10-20T06:00:00.000Z',
  },
  subject: (data) => data.templateId,
});

const evaluation = z.object({
  evaluationId: field.id,
  template: templateReference,
  model: field.text(120),
  goldenSet: z.object({ id: field.id, version: field.version, sha256: field.sha256Hex, cases: field.count }),
  passed: field.count,
  failed: field.count,
  successRate: field.ratio,
  scores: figures.describe('Means, such as groundedness or citationRecall'),
  baseline: z.object({ version: field.version, successRate: field.ratio }).optional(),
  failures: z.array(z.object({ caseId: field.id, reason: field.text(500) })).max(100),
  startedAt: field.instant,
  completedAt: field.instant,
});

export type PromptEvaluationCompleted = z.infer<typeof evaluation>;

export const promptEvaluationCompleted = defineEvent({
  type: 'prompt.evaluation.completed',
  layer: 'genai',
  direction: 'up',
  lane: 'bulk',
  producer: 'evaluation-pipeline',
  consumers: ['genaiops-dashboard', 'edge'],
  purpose: 'How a template version did on a golden set of questions.',
  patterns: ['event-notification'],
  schema: evaluation,
  example: {
    evaluationId: 'EVAL-2026-11-01-02',
    template: { templateId: 'parts-assistant', version: 4 },
    model: 'dealeriq-llm-2026-10',
    goldenSet: {
      id: 'parts-questions',
      version: 2,
      sha256: '8d0f3b6a71c2e94550a8f9d7b3e16c240f5a87d9e2b14c63705d8a9fe01b2c37',
      cases: 120,
    },
    passed: 111,
    failed: 9,
    successRate: 0.925,
    scores: { groundedness: 0.96, citationRecall: 0.91 },
    baseline: { version: 3, successRate: 0.9 },
    failures: [{ caseId: 'q-017', reason: 'cited a discontinued product' }],
    startedAt: '2026-11-01T22:00:00.000Z',
    completedAt: '2026-11-01T22:06:40.000Z',
  },
  subject: (data) => data.template.templateId,
});
