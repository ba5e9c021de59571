import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const severity = z.enum(['critical', 'major', 'minor']);

/** What is broken, such as `{ kind: 'pipeline', id: 'forecast-run' }`. */
const affected = z.object({ kind: field.id, id: field.text(200) });

const incidentId = 'INC-2026-11-02-004';

const shared = {
  layer: 'ops',
  direction: 'up',
  lane: 'live',
  producer: 'aiops',
  subject: (data: { incidentId: string }) => data.incidentId,
} as const;

const created = z.object({
  incidentId: field.id,
  rule: field.id.describe('The rule that opened it'),
  fingerprint: field.text(200).describe('Rule and affected thing: one open incident for each'),
  severity,
  title: field.text(200),
  detail: field.text(4000),
  affected,
  evidence: z
    .array(z.object({ eventType: field.text(100), eventId: field.id }))
    .max(100)
    .describe('The events that made the rule fire'),
  runbookUrl: z.string().max(500).optional(),
  startedAt: field.instant.optional().describe('When the trouble began, where that is known'),
  openedAt: field.instant,
});

export type IncidentCreated = z.infer<typeof created>;

export const incidentCreated = defineEvent({
  ...shared,
  type: 'incident.created',
  consumers: ['governance', 'slack-bot', 'edge'],
  purpose: 'Something needs a person: what, how badly, and the events that show it.',
  patterns: ['event-notification', 'event-sourcing'],
  schema: created,
  example: {
    incidentId,
    rule: 'ml-pipeline-failed',
    fingerprint: 'ml-pipeline-failed/pipeline/forecast-run',
    severity: 'major',
    title: 'The forecast run failed three times',
    detail: 'forecast-1.2.0.onnx does not have the digest of its card. Forecasts are made by seasonal-naive meanwhile.',
    affected: { kind: 'pipeline', id: 'forecast-run' },
    evidence: [{ eventType: 'ml.pipeline.failed', eventId: '0199a0a0-1b2c-7d3e-8f40-516273849a0b' }],
    runbookUrl: '/docs/runbooks/model-artefact',
    startedAt: '2026-11-02T03:00:01.000Z',
    openedAt: '2026-11-02T03:00:02.000Z',
  },
});

const resolved = z.object({
  incidentId: field.id,
  rule: field.id,
  severity,
  affected,
  resolution: z.enum(['recovered', 'fixed', 'false-alarm', 'duplicate']),
  resolvedBy: z.object({ kind: z.enum(['operator', 'system']), id: field.id }),
  rootCause: field.text(2000).optional(),
  note: field.text(2000).optional(),
  openedAt: field.instant,
  acknowledgedAt: field.instant.optional(),
  resolvedAt: field.instant,
  timeToAcknowledgeMs: field.count.optional(),
  timeToResolveMs: field.count.describe('From openedAt; the mean of these is the MTTR'),
});

export type IncidentResolved = z.infer<typeof resolved>;

export const incidentResolved = defineEvent({
  ...shared,
  type: 'incident.resolved',
  consumers: ['insight-service', 'edge'],
  purpose: 'The trouble is over: how, by whom, why it happened and how long it took.',
  patterns: ['event-notification', 'event-sourcing'],
  personal: ['resolvedBy.id', 'note'],
  schema: resolved,
  example: {
    incidentId,
    rule: 'ml-pipeline-failed',
    severity: 'major',
    affected: { kind: 'pipeline', id: 'forecast-run' },
    resolution: 'fixed',
    resolvedBy: { kind: 'operator', id: 'user-17' },
    rootCause: 'The download of the artefact was cut off.',
    note: 'Fetched again by hand.',
    openedAt: '2026-11-02T03:00:02.000Z',
    acknowledgedAt: '2026-11-02T06:45:02.000Z',
    resolvedAt: '2026-11-02T07:00:02.000Z',
    timeToAcknowledgeMs: 13_500_000,
    timeToResolveMs: 14_400_000,
  },
});
