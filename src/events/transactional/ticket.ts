import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const schema = z.object({
  ticketId: field.id,
  title: z.string().min(1).max(200),
  body: field.text(10_000),
  category: z.enum(['order', 'product', 'delivery', 'invoice', 'technical', 'other']),
  priority: z.enum(['low', 'normal', 'high', 'urgent']),
  orderId: field.id.optional(),
  sku: field.sku.optional(),
  language: z.string().min(2).max(16),
  contactName: field.text(120).optional(),
  createdAt: field.instant,
});

export type TicketCreated = z.infer<typeof schema>;

export const ticketCreated = defineEvent({
  type: 'ticket.created',
  layer: 'transactional',
  direction: 'up',
  lane: 'live',
  producer: 'support-service',
  consumers: ['llm-orchestrator', 'analytics'],
  purpose: 'A support question; the assistant drafts an answer and analytics reads it.',
  patterns: ['event-notification', 'event-sourcing'],
  personal: ['body', 'contactName'],
  schema,
  example: {
    ticketId: '0199a0c9-1c2d-7a53-8a5e-3a4c5b6d7e8f',
    title: 'Hose leaks at the crimp',
    body: 'Fitted yesterday, leaks at 200 bar. Machine is standing still.',
    category: 'technical',
    priority: 'high',
    sku: 'HYD-2210-08',
    language: 'en',
    contactName: 'M. Huber',
    createdAt: '2026-11-02T11:20:00.000Z',
  },
  subject: (data) => data.ticketId,
});
