import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { NewEvent } from '../core/event.ts';
import { definitionOf } from '../events/catalog.ts';
import { type DataContractViolation, dataContractViolation } from '../events/ops/data.ts';
import type { InsertStatement } from '../store/store.ts';
import type { Refused } from './contract-gate.ts';

/** Input that could not be applied, exactly as it arrived. */
export interface Undeliverable {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** The headers that belong to the event (`ce-*`), for events in binary mode. */
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes as far as they could be read. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly gate: DataContractViolation['gate'];
}

/** Why something lies in the dead letters: the gate refused it, or it was sound and could not be applied. */
export interface DeadLetterReason {
  readonly reasonCode: Refused['reasonCode'] | 'apply-failed';
  readonly reason: string;
  readonly violations: Refused['violations'];
}

/** The row that keeps it. */
export function deadLetterRow(
  id: string,
  input: Undeliverable,
  refused: DeadLetterReason,
  nowMs: number,
): InsertStatement {
  return {
    insert: 'dead_letters',
    columns: [
      'id',
      'status',
      'origin',
      'type',
      'event_id',
      'reason_code',
      'reason',
      'violations',
      'content_type',
      'headers',
      'payload',
      'attempts',
      'received_at_ms',
      'resolved_at_ms',
    ],
    rows: [
      [
        id,
        'open',
        input.gate,
        textOr(input.attributes.type, 200) ?? null,
        textOr(input.attributes.id, 200) ?? null,
        refused.reasonCode,
        storable(refused.reason),
        JSON.stringify(refused.violations),
        input.contentType,
        JSON.stringify(input.headers),
        input.bytes,
        1,
        nowMs,
        null,
      ],
    ],
  };
}

/** The event that tells the centre about it. */
export function violationEvent(
  ids: { readonly violationId: string; readonly deadLetterId: string },
  input: Undeliverable,
  refused: Refused,
  now: string,
): NewEvent<'data.contract.violation', DataContractViolation> {
  const { attributes } = input;
  const type = textOr(attributes.type, 200);
  const definition = type === undefined ? undefined : definitionOf(type);
  const optional = {
    declaredSchema: textOr(attributes.dataschema, 300),
    expectedVersion: definition?.version,
    eventId: textOr(attributes.id, 200),
    eventSource: textOr(attributes.source, 300),
  };
  return dataContractViolation.make({
    violationId: ids.violationId,
    gate: input.gate,
    violatedType: type ?? 'unknown',
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<DataContractViolation>),
    reasonCode: refused.reasonCode,
    violations: refused.violations.map((violation) => ({
      pointer: storable(violation.pointer.slice(0, 500)),
      code: violation.code,
      detail: storable(violation.detail.slice(0, 500)),
    })),
    deadLetterId: ids.deadLetterId,
    payloadSha256: bytesToHex(sha256(input.bytes)),
    payloadBytes: input.bytes.length,
    detectedAt: now,
  });
}

function textOr(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? storable(value.slice(0, max)) : undefined;
}

/** A text that the database keeps: the bytes as they arrived are in the payload. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
