import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';
import { nullable } from './problems-and-pages.ts';

/** Events and dead letters over HTTP. */

export const event = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string(),
    time: z.string(),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    dealerid: z.string(),
    lane: z.enum(['live', 'bulk']).optional(),
    epoch: z.int().optional(),
    sequence: z.int().optional(),
    correlationid: z.string(),
    causationid: z.string().optional(),
    traceparent: z.string().optional(),
    position: z.int().describe('Its place in this box’s log'),
    data: z.unknown(),
  })
  .openapi('Event');

export const gatewayResult = z
  .object({
    id: z.string().nullable(),
    type: z.string().nullable(),
    status: z.enum(['logged', 'duplicate', 'refused']),
    position: z.int().optional(),
    reasonCode: z.string().optional(),
    reason: z.string().optional(),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
    deadLetterId: z.string().optional(),
  })
  .openapi('GatewayResult');

export const deadLetter = z
  .object({
    id: z.string(),
    status: z.enum(['open', 'retried', 'discarded']),
    origin: z.string(),
    type: nullable(z.string()),
    eventId: nullable(z.string()),
    reasonCode: z.string(),
    reason: z.string(),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
    contentType: z.string(),
    headers: z.record(z.string(), z.string()),
    payloadBase64: z.string().describe('The bytes as they arrived'),
    payloadText: nullable(z.string()).describe('The same as text, where they are UTF-8'),
    attempts: z.int(),
    receivedAt: field.instant,
    resolvedAt: nullable(field.instant),
  })
  .openapi('DeadLetter');
