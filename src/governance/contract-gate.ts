import { z } from 'zod';
import type { Violation } from '../core/errors.ts';
import { isCentreSource, schemaVersion } from '../core/event.ts';
import * as field from '../core/fields.ts';
import { definitionOf } from '../events/catalog.ts';
import type { DataContractViolation } from '../events/ops/data.ts';
import { validatePayload } from '../events/validate.ts';

/** Something that claims to be an event, as it came in. */
export interface Arrival {
  /** The CloudEvents attributes, without `data`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** An event that keeps its contract. */
export interface Admitted {
  readonly ok: true;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly dealerid: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly data: unknown;
  readonly dataText: string;
  /** The payload in the current version's shape, where it came in an older one. */
  readonly upcast?: unknown;
  /** Whether the type flows up from here; otherwise it came down. */
  readonly up: boolean;
}

/** Why an arrival breaks its contract. */
export interface Refused {
  readonly ok: false;
  readonly reasonCode: DataContractViolation['reasonCode'];
  readonly reason: string;
  readonly violations: readonly Violation[];
}

const attributesSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(300),
  type: z.string().min(1).max(200),
  subject: z.string().min(1).max(300).optional(),
  time: field.instant.optional(),
  datacontenttype: z.string().max(200).optional(),
  dataschema: z.string().max(300).optional(),
  dealerid: field.dealerId.optional(),
  correlationid: z.string().min(1).max(200).optional(),
  causationid: z.string().min(1).max(200).optional(),
  traceparent: z.string().max(200).optional(),
});

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What the gate knows of where it stands. */
export interface GateContext {
  readonly dealerId: string;
  readonly now: string;
  /** Lets types that only dealers make come from the centre: history of this dealer that the centre kept. */
  readonly history?: boolean;
}

/**
 * The contract gate: checks envelope, direction and payload of an event before anything else sees it. What does not
 * fit is not applied; the caller puts it into the dead letters as it arrived.
 */
export function admit(arrival: Arrival, context: GateContext): Admitted | Refused {
  const parsed = attributesSchema.safeParse(arrival.attributes);
  if (!parsed.success) {
    return refuse(
      'invalid-envelope',
      'The CloudEvents attributes are incomplete or wrong.',
      parsed.error.issues.slice(0, 100).map((issue) => ({
        pointer: issue.path.map((part) => `/${String(part)}`).join(''),
        code: issue.code.replaceAll('_', '-'),
        detail: issue.message,
      })),
    );
  }
  const attributes = parsed.data;
  const definition = definitionOf(attributes.type);
  if (definition === undefined) {
    return refuse('unknown-type', `The catalogue has no event type "${attributes.type}". See GET /v1/catalog.`);
  }
  const named = attributes.dataschema === undefined ? undefined : schemaVersion(attributes.dataschema, attributes.type);
  if (attributes.dataschema !== undefined && named === undefined) {
    return refuse('unknown-version', `dataschema "${attributes.dataschema}" is not a version of ${attributes.type}.`);
  }
  const up = flowsUp(attributes.source, definition.direction);
  const problem = directionProblem(attributes.source, attributes.dealerid, definition.direction, up, context);
  if (problem !== undefined) return problem;

  if (arrival.data === undefined) return refuse('invalid-payload', 'The event has no data.');
  const dataText = JSON.stringify(arrival.data);
  if (!isStorable(dataText) || !isStorable(JSON.stringify(attributes))) {
    return refuse('invalid-payload', 'A text has half a surrogate pair or a NUL character, which no database keeps.');
  }
  const version = named ?? definition.version;
  const validation = validatePayload(attributes.type, version, arrival.data);
  if (validation.outcome === 'invalid') {
    return refuse(
      'invalid-payload',
      `The payload does not fit ${attributes.type} version ${version}.`,
      validation.violations,
    );
  }
  const applicable = validation.outcome === 'ok' ? validation.data : undefined;
  const subject = attributes.subject ?? (applicable === undefined ? attributes.id : definition.subject(applicable));
  if (applicable !== undefined && subject !== definition.subject(applicable)) {
    return refuse(
      'invalid-envelope',
      `subject is "${subject}", but the payload is about "${definition.subject(applicable)}".`,
    );
  }
  return {
    ok: true,
    id: attributes.id,
    type: attributes.type,
    version,
    source: attributes.source,
    subject,
    time: attributes.time ?? context.now,
    dealerid: attributes.dealerid ?? context.dealerId,
    correlationid: attributes.correlationid ?? attributes.id,
    ...(attributes.causationid === undefined ? {} : { causationid: attributes.causationid }),
    ...(attributes.traceparent !== undefined && TRACEPARENT.test(attributes.traceparent)
      ? { traceparent: attributes.traceparent }
      : {}),
    data: arrival.data,
    dataText,
    ...(validation.outcome === 'ok' && validation.upcast ? { upcast: validation.data } : {}),
    up,
  };
}

/** JSON escapes of what cannot be stored as text; an even number of backslashes before them is a text that shows one. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:d[89a-f]|0000)/;

/** Whether SQL can take the texts out of a JSON document: half a surrogate pair would abort the process. */
function isStorable(json: string): boolean {
  return !UNSTORABLE.test(json);
}

/** A source that is neither of the two URN forms is told by what the type allows. */
function flowsUp(source: string, direction: 'up' | 'down' | 'both'): boolean {
  if (isCentreSource(source)) return false;
  if (source.startsWith('urn:dealeriq:dealer:')) return true;
  return direction !== 'down';
}

function directionProblem(
  source: string,
  dealerid: string | undefined,
  direction: 'up' | 'down' | 'both',
  up: boolean,
  context: GateContext,
): Refused | undefined {
  const allowed = direction === 'both' || (direction === 'up') === up || (context.history === true && !up);
  if (!allowed) {
    return refuse(
      'wrong-direction',
      up
        ? 'This type is made at the centre; a dealer may not send it.'
        : 'This type is made at dealers; the centre does not send it.',
    );
  }
  if (!up) return undefined;
  const foreign =
    (dealerid !== undefined && dealerid !== context.dealerId) ||
    (source.startsWith('urn:dealeriq:dealer:') && !source.startsWith(`urn:dealeriq:dealer:${context.dealerId}:`));
  return foreign
    ? refuse('not-permitted', `This box speaks for dealer ${context.dealerId} only; the event names another dealer.`)
    : undefined;
}

function refuse(reasonCode: Refused['reasonCode'], reason: string, violations: readonly Violation[] = []): Refused {
  return { ok: false, reasonCode, reason, violations };
}
