import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const schema = z.object({
  feedbackId: field.id,
  target: z.object({
    kind: z.enum(['recommendation', 'product', 'order', 'forecast', 'search', 'app']),
    id: field.id,
  }),
  signal: z.enum(['accepted', 'dismissed', 'rated', 'comment']),
  score: field.ratio.optional().describe('0 worst, 1 best'),
  comment: field.text(2000).optional(),
  sku: field.sku.optional(),
  modelVersion: field.id.optional(),
  createdAt: field.instant,
});

export type FeedbackSubmitted = z.infer<typeof schema>;

/** Version 1 rated in 1 to 5 stars and named only products. */
interface FeedbackVersion1 {
  feedbackId: string;
  productSku: string;
  stars: 1 | 2 | 3 | 4 | 5;
  comment?: string;
  createdAt: string;
}

export const feedbackSubmitted = defineEvent({
  type: 'feedback.submitted',
  version: 2,
  layer: 'transactional',
  direction: 'up',
  lane: 'live',
  producer: 'dealer-portal',
  consumers: ['feedback-service', 'rlhf-trainer', 'recommender'],
  purpose: 'What a person thought of a suggestion, a product or an order; models learn from it.',
  patterns: ['event-notification', 'streaming-etl'],
  personal: ['comment'],
  schema,
  example: {
    feedbackId: '0199a0ca-77aa-7b10-9b1e-5f0a9d3c2b1a',
    target: { kind: 'recommendation', id: 'REC-2026-11-02-07' },
    signal: 'dismissed',
    sku: 'HYD-2210-08',
    modelVersion: 'recommender-1.0.0',
    createdAt: '2026-11-02T11:25:00.000Z',
  },
  subject: (data) => data.feedbackId,
  upcasts: {
    1: (old: FeedbackVersion1): FeedbackSubmitted => ({
      feedbackId: old.feedbackId,
      target: { kind: 'product', id: old.productSku },
      signal: 'rated',
      score: (old.stars - 1) / 4,
      ...(old.comment === undefined ? {} : { comment: old.comment }),
      sku: old.productSku,
      createdAt: old.createdAt,
    }),
  },
  olderExamples: {
    1: {
      feedbackId: '0198f0ca-77aa-7b10-9b1e-5f0a9d3c2b1a',
      productSku: 'HYD-2210-08',
      stars: 4,
      comment: 'Fits well',
      createdAt: '2026-04-02T11:25:00.000Z',
    },
  },
});
