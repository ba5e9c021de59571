import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { period } from '../parts.ts';

const schema = z.object({
  alertId: field.id,
  dataset: field.id,
  window: period,
  featuresChecked: field.count,
  featuresDrifted: field.count,
  worst: z.object({
    feature: field.text(120),
    statistic: z.enum(['psi', 'ks', 'error-ratio']),
    value: field.measure,
    threshold: field.measure,
  }),
  driftIds: z.array(field.id).max(100).describe('The model.drift.detected events that it sums up'),
  affectedModels: z.array(field.id).max(100),
  severity: z.enum(['warning', 'critical']),
  action: z.enum(['retrain', 'investigate']),
  raisedAt: field.instant,
});

export type DriftAlert = z.infer<typeof schema>;

export const driftAlert = defineEvent({
  type: 'drift.alert',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'drift-detector',
  consumers: ['mlops', 'aiops', 'edge'],
  purpose: 'The data of a site has drifted, in sum; asks for retraining and tells operations.',
  patterns: ['event-notification', 'choreography'],
  schema,
  example: {
    alertId: 'DA-2026-11-02-01',
    dataset: 'dealer-sku-demand-28d',
    window: { from: '2026-10-05T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
    featuresChecked: 12,
    featuresDrifted: 3,
    worst: { feature: 'priceRatio', statistic: 'psi', value: 0.31, threshold: 0.2 },
    driftIds: ['DRIFT-2026-11-02-03'],
    affectedModels: ['forecast-1.2.0'],
    severity: 'critical',
    action: 'retrain',
    raisedAt: '2026-11-02T03:06:00.000Z',
  },
  subject: (data) => data.dataset,
});
