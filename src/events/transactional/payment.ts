import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const shared = {
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  extension: true,
  producer: 'payment-service',
  consumers: ['order-service', 'edge'],
  patterns: ['saga'],
  subject: (data: { orderId: string }) => data.orderId,
} as const;

const orderId = '0199a0c4-6f7e-7cc1-9f53-0d8a4a8c2b11';

export const paymentAuthorized = defineEvent({
  ...shared,
  type: 'payment.authorized',
  purpose: 'Payment of the order is secured.',
  schema: z.object({
    orderId: field.id,
    paymentId: field.id,
    method: z.enum(['account', 'card', 'transfer', 'direct-debit']),
    amountMinor: field.minorUnits,
    currency: field.currency,
    authorizedAt: field.instant,
  }),
  example: {
    orderId,
    paymentId: 'PAY-90233',
    method: 'account',
    amountMinor: 21_882,
    currency: 'EUR',
    authorizedAt: '2026-11-02T09:14:13.000Z',
  },
});

export const paymentDeclined = defineEvent({
  ...shared,
  type: 'payment.declined',
  purpose: 'Payment of the order was refused; the saga compensates.',
  schema: z.object({
    orderId: field.id,
    paymentId: field.id,
    reasonCode: z.enum(['credit-limit', 'card-refused', 'expired', 'fraud-check', 'other']),
    reason: field.text(500),
    declinedAt: field.instant,
  }),
  example: {
    orderId,
    paymentId: 'PAY-90233',
    reasonCode: 'credit-limit',
    reason: 'The credit limit of 125,000.00 EUR is exhausted.',
    declinedAt: '2026-11-02T09:14:13.000Z',
  },
});
