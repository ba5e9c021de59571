import type { Letter } from '../../sync/bridge/dead-letters/dead-letter-desk.ts';
import { encodeLetterId } from '../../sync/bridge/dead-letters/letter-id.ts';

/** A dead letter in a list. */
export function letterSummary({ letter, status }: Letter) {
  return {
    id: encodeLetterId(letter.id),
    status: status.status,
    direction: letter.direction,
    dealer: letter.attributes.dealerid ?? (letter.direction === 'up' ? letter.key : null),
    type: letter.attributes.type ?? null,
    eventId: letter.attributes.id ?? null,
    reasonCode: letter.reasonCode,
    reason: letter.reason,
    origin: letter.origin,
    receivedAt: letter.receivedAt,
    attempts: status.attempts,
    fixed: status.fix !== undefined,
  };
}

/** A dead letter with everything that is known of it, its bytes as they arrived. */
export function letterDetail(one: Letter) {
  const { letter, status } = one;
  const bytes = letter.bytes === null ? null : Buffer.from(letter.bytes);
  return {
    ...letterSummary(one),
    violations: letter.violations,
    headers: letter.headers,
    contentType: letter.contentType ?? null,
    payloadBase64: bytes?.toString('base64') ?? null,
    payloadText: bytes === null ? null : textOf(bytes),
    settledAt: status.status === 'open' ? null : status.at,
    by: status.by === '' ? null : status.by,
    note: status.note ?? null,
    problem: status.problem ?? null,
    fix: status.fix ?? null,
    place: { partition: letter.partition, offset: String(letter.offset) },
  };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
