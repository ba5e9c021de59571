import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const pipelineStarted = z.object({
  runId: field.id,
  pipeline: field.id,
  trigger: z.enum(['schedule', 'operator', 'event', 'startup']),
  triggeredBy: field.text(120).optional().describe('The operator, or the id of the event'),
  attempt: z.int().min(1).max(1000),
  codeVersion: field.id,
  inputs: z
    .array(
      z.object({
        kind: z.enum(['file', 'log', 'table', 'index']),
        id: field.text(300),
        rows: field.count.optional(),
        sha256: field.sha256Hex.optional(),
      }),
    )
    .max(100),
  logRange: z.object({ from: field.count, to: field.count }).optional().describe('Positions, both included'),
  startedAt: field.instant,
});

export type DataPipelineStarted = z.infer<typeof pipelineStarted>;

export const dataPipelineStarted = defineEvent({
  type: 'data.pipeline.started',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'airflow',
  consumers: ['dataops-monitor', 'edge'],
  purpose: 'A batch run has begun: an import, a rebuild, a re-embedding or a forecast run.',
  patterns: ['event-notification'],
  personal: ['triggeredBy'],
  schema: pipelineStarted,
  example: {
    runId: 'RUN-2026-11-02-0014',
    pipeline: 'price-import',
    trigger: 'operator',
    triggeredBy: 'user-17',
    attempt: 1,
    codeVersion: '0.1.0',
    inputs: [
      {
        kind: 'file',
        id: 'prices-2026-11.csv',
        rows: 18_400,
        sha256: '1f6c30a8d7e2b94550c1f8a9e3d7b6420f5c87a9d2e14b63805a7c9de10f2b48',
      },
    ],
    startedAt: '2026-11-02T07:00:00.000Z',
  },
  subject: (data) => data.runId,
});

const validationFailed = z.object({
  validationId: field.id,
  runId: field.id,
  dataset: field.id,
  fileName: field.text(300).optional(),
  rowsTotal: field.count,
  rowsFailed: field.count,
  checks: z.array(z.object({ name: field.id, column: field.text(120).optional(), failedRows: field.count })).max(500),
  rows: z
    .array(
      z.object({
        row: field.count.describe('As a spreadsheet counts: the header is row 1'),
        column: field.text(120).optional(),
        code: field.id,
        detail: field.text(500).describe('What is wrong and how to fix it'),
      }),
    )
    .max(1000),
  truncated: z.boolean().describe('Whether more rows failed than are listed'),
  outcome: z.enum(['rows-skipped', 'import-stopped']),
  failedAt: field.instant,
});

export type DataValidationFailed = z.infer<typeof validationFailed>;

export const dataValidationFailed = defineEvent({
  type: 'data.validation.failed',
  layer: 'ops',
  direction: 'up',
  lane: 'bulk',
  producer: 'great-expectations',
  consumers: ['dataops-monitor', 'edge'],
  purpose: 'Rows of an import do not pass the checks; says which and why.',
  patterns: ['event-notification'],
  personal: ['rows[].detail'],
  schema: validationFailed,
  example: {
    validationId: 'VAL-2026-11-02-0014',
    runId: 'RUN-2026-11-02-0014',
    dataset: 'prices',
    fileName: 'prices-2026-11.csv',
    rowsTotal: 18_400,
    rowsFailed: 2,
    checks: [{ name: 'unit-price-is-a-number', column: 'unit_price', failedRows: 2 }],
    rows: [
      { row: 812, column: 'unit_price', code: 'not-a-number', detail: '"on request" is not a price; leave it empty' },
      { row: 9120, column: 'unit_price', code: 'negative', detail: 'a price is 0 or more' },
    ],
    truncated: false,
    outcome: 'rows-skipped',
    failedAt: '2026-11-02T07:00:09.000Z',
  },
  subject: (data) => data.runId,
});

const contractViolation = z.object({
  violationId: field.id,
  gate: z.enum(['gateway', 'inbound', 'outbound', 'bridge', 'import']),
  violatedType: field.text(200).describe('As it was named, known or not'),
  declaredSchema: field.text(300).optional().describe('The dataschema attribute as it arrived'),
  expectedVersion: field.version.optional(),
  eventId: field.text(200).optional(),
  eventSource: field.text(300).optional(),
  reasonCode: z.enum([
    'unknown-type',
    'unknown-version',
    'invalid-payload',
    'invalid-envelope',
    'not-json',
    'too-large',
    'wrong-direction',
    'not-permitted',
  ]),
  violations: z
    .array(
      z.object({
        pointer: field.text(500).describe('JSON Pointer (RFC 6901) into the payload'),
        code: field.id,
        detail: field.text(500),
      }),
    )
    .max(100),
  deadLetterId: field.id,
  payloadSha256: field.sha256Hex,
  payloadBytes: field.count,
  detectedAt: field.instant,
});

export type DataContractViolation = z.infer<typeof contractViolation>;

export const dataContractViolation = defineEvent({
  type: 'data.contract.violation',
  layer: 'ops',
  direction: 'up',
  lane: 'live',
  producer: 'schema-registry',
  consumers: ['governance-engine', 'edge'],
  purpose: 'A payload breaks its contract; it lies in the dead letters, byte for byte, and was not applied.',
  patterns: ['event-notification'],
  schema: contractViolation,
  example: {
    violationId: '0199a0d1-2b3c-7d4e-8f50-617283940a1b',
    gate: 'gateway',
    violatedType: 'order.placed',
    declaredSchema: 'urn:dealeriq:schema:order.placed:1',
    expectedVersion: 1,
    eventId: '0199a0d1-2b20-7a11-9c22-33445566778a',
    eventSource: 'urn:dealeriq:dealer:D042:B1',
    reasonCode: 'invalid-payload',
    violations: [{ pointer: '/lines/0/quantity', code: 'too-small', detail: 'must be 1 or more' }],
    deadLetterId: 'DL-000212',
    payloadSha256: '3a5f0c71e8d2b946c0f18a7e9d3b62540c5f87a9e2d14b63805c7a9ed10f2b64',
    payloadBytes: 1327,
    detectedAt: '2026-11-02T10:40:00.000Z',
  },
  subject: (data) => data.deadLetterId,
});
