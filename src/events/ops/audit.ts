import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const entry = z.object({
  seq: z.int().min(1).max(9e15).describe('Gap-free within the chain'),
  at: field.instant,
  actor: z.object({ kind: z.enum(['user', 'device', 'service', 'anonymous']), id: field.text(120) }),
  action: field.id.describe('Thing and verb, such as order.read'),
  target: z.object({ kind: field.id, id: field.text(300) }),
  outcome: z.enum(['allowed', 'denied', 'failed']),
  detail: field.text(500).optional(),
  correlationId: field.id.optional(),
  previousHash: field.sha256Hex.describe('The hash of entry seq - 1; zeros for the first'),
  hash: field.sha256Hex.describe('Of previousHash and the canonical JSON of everything else in the entry'),
});

const schema = z.object({
  chainId: field.id.describe('One for each device'),
  entries: z.array(entry).min(1).max(1000).describe('In order, without gaps'),
  headHash: field.sha256Hex.describe('The hash of the last entry'),
  loggedAt: field.instant,
});

export type AuditEntry = z.infer<typeof entry>;
export type AuditEventLogged = z.infer<typeof schema>;

const headHash = '6d1f83a0c7e2b94550c1f8a9e3d7b6420f5c87a9d2e14b63805a7c9de10f2bb7';

export const auditEventLogged = defineEvent({
  type: 'audit.event.logged',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'security-service',
  consumers: ['governance-dashboard', 'edge'],
  purpose: 'Who read or wrote what, as a stretch of a hash chain that the centre can check and countersign.',
  patterns: ['event-sourcing', 'event-notification'],
  personal: ['entries[].actor.id', 'entries[].detail'],
  schema,
  example: {
    chainId: 'D042:B1',
    entries: [
      {
        seq: 9042,
        at: '2026-11-02T09:14:05.121Z',
        actor: { kind: 'user', id: 'user-17' },
        action: 'order.place',
        target: { kind: 'order', id: '0199a0c4-6f7e-7cc1-9f53-0d8a4a8c2b11' },
        outcome: 'allowed',
        correlationId: '0199a0c4-6f70-7b01-8c12-2d34e5f60718',
        previousHash: 'b80c5f1e7a29d346c0f18e7a9d3b62540c5f87a9e2d14b63805c7a9ed10f2b02',
        hash: headHash,
      },
    ],
    headHash,
    loggedAt: '2026-11-02T09:15:00.000Z',
  },
  subject: (data) => data.chainId,
});
