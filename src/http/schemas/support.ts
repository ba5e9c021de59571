import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';

/** Tickets and feedback over HTTP. */

export const ticketRequest = z
  .object({
    title: z.string().min(1).max(200),
    body: field.text(10_000),
    category: z.enum(['order', 'product', 'delivery', 'invoice', 'technical', 'other']).default('other'),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
    orderId: field.id.optional(),
    sku: field.sku.optional(),
    language: z.string().min(2).max(16).default('en'),
    contactName: field.text(120).optional(),
  })
  .openapi('CreateTicket');

export const ticket = ticketRequest.extend({ ticketId: z.string(), createdAt: field.instant }).openapi('Ticket');

export const feedbackRequest = z
  .object({
    target: z.object({
      kind: z.enum(['recommendation', 'product', 'order', 'forecast', 'search', 'app']),
      id: field.id,
    }),
    signal: z.enum(['accepted', 'dismissed', 'rated', 'comment']),
    score: field.ratio.optional(),
    comment: field.text(2000).optional(),
    sku: field.sku.optional(),
    modelVersion: field.id.optional(),
  })
  .openapi('SubmitFeedback');
