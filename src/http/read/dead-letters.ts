import { EdgeError } from '../../core/errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Row, SqlValue } from '../../store/store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';

export type DeadLetterStatus = 'open' | 'retried' | 'discarded';

/** How many dead letters wait for somebody. */
export async function countDeadLetters(runtime: Runtime): Promise<number> {
  const [row] = await runtime.store.read({ sql: "SELECT count(*) AS count FROM dead_letters WHERE status = 'open'" });
  return Number(row?.count ?? 0);
}

/** A page of dead letters, newest first. */
export async function listDeadLetters(
  runtime: Runtime,
  query: { limit: number; cursor?: string | undefined; status?: DeadLetterStatus | undefined },
) {
  const where: string[] = [];
  const args: SqlValue[] = [];
  if (query.status !== undefined) {
    where.push('status = ?');
    args.push(query.status);
  }
  if (query.cursor !== undefined) {
    const [receivedAt, id] = decodeCursor(query.cursor, ['count', 'text']);
    where.push('(received_at_ms, id) < (?, ?)');
    args.push(receivedAt, id);
  }
  const rows = await runtime.store.read({
    sql: `SELECT * FROM dead_letters ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
      ORDER BY received_at_ms DESC, id DESC LIMIT ?`,
    args: [...args, query.limit + 1],
  });
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(deadLetterOf),
    ...(rows.length > query.limit && last !== undefined
      ? { nextCursor: encodeCursor([Number(last.received_at_ms), String(last.id)]) }
      : {}),
  };
}

/** One dead letter's row. @throws {EdgeError} `not-found`. */
export async function deadLetterRow(runtime: Runtime, id: string): Promise<Row> {
  const [row] = await runtime.store.read({ sql: 'SELECT * FROM dead_letters WHERE id = ?', args: [id] });
  if (row === undefined)
    throw new EdgeError('not-found', `There is no dead letter ${id} here. GET /v1/dlq lists them.`);
  return row;
}

/** A dead letter as the API shows it. */
export function deadLetterOf(row: Row) {
  const bytes = row.payload as Uint8Array;
  return {
    id: String(row.id),
    status: row.status as DeadLetterStatus,
    origin: String(row.origin),
    type: row.type === null ? null : String(row.type),
    eventId: row.event_id === null ? null : String(row.event_id),
    reasonCode: String(row.reason_code),
    reason: String(row.reason),
    violations: JSON.parse(String(row.violations)) as unknown,
    contentType: String(row.content_type),
    headers: JSON.parse(String(row.headers)) as unknown,
    payloadBase64: base64(bytes),
    payloadText: textOf(bytes),
    attempts: Number(row.attempts),
    receivedAt: new Date(Number(row.received_at_ms)).toISOString(),
    resolvedAt: row.resolved_at_ms === null ? null : new Date(Number(row.resolved_at_ms)).toISOString(),
  };
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
