import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { sample } from '../parts.ts';

const schema = z.object({
  anomalyId: field.id,
  metric: field.id.describe('By its Prometheus name'),
  labels: z.record(z.string().max(80), field.text(200)),
  unit: field.text(20).describe('Of the metric: ms, bytes, 1'),
  method: z.enum(['ewma', 'mad', 'threshold']),
  side: z.enum(['high', 'low']),
  value: field.measure,
  expected: field.measure,
  lower: field.measure,
  upper: field.measure,
  score: field.measure.describe('Deviations from what was expected'),
  baseline: sample.describe('What expected was learnt from'),
  deviceId: field.id,
  detectedAt: field.instant,
});

export type MetricAnomalyDetected = z.infer<typeof schema>;

export const metricAnomalyDetected = defineEvent({
  type: 'metric.anomaly.detected',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'prometheus',
  consumers: ['aiops', 'edge'],
  purpose: 'A runtime figure is far from what it usually is; input to the incident rules.',
  patterns: ['event-notification', 'streaming-etl'],
  schema,
  example: {
    anomalyId: 'ANOM-2026-11-02-02',
    metric: 'dealeriq_commit_duration_ms',
    labels: { quantile: '0.99' },
    unit: 'ms',
    method: 'mad',
    side: 'high',
    value: 412,
    expected: 21,
    lower: 4,
    upper: 60,
    score: 9.7,
    baseline: { from: '2026-11-01T10:00:00.000Z', to: '2026-11-02T10:00:00.000Z', samples: 1440 },
    deviceId: 'B1',
    detectedAt: '2026-11-02T10:01:00.000Z',
  },
  subject: (data) => data.metric,
});
