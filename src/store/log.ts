import type { Lane, LoggedEvent } from '../core/event.ts';
import { schemaUrn } from '../core/event.ts';
import type { InsertStatement, Row, SqlValue, Store } from './store.ts';

/** A row of the log before it is written: an envelope with its place, and the caller's key on a command's first event. */
export interface LogRow {
  readonly event: LoggedEvent;
  readonly version: number;
  /** The payload's JSON as it was made or arrived. */
  readonly dataText: string;
  /** The payload's JSON as projections read it, where that differs. */
  readonly appliedText?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly requestDigest?: string | undefined;
  readonly recordedAtMs: number;
}

const COLUMNS = [
  'position',
  'id',
  'type',
  'version',
  'source',
  'subject',
  'time',
  'dealer_id',
  'lane',
  'epoch',
  'sequence',
  'correlation_id',
  'causation_id',
  'traceparent',
  'idempotency_key',
  'request_digest',
  'data',
  'applied',
  'recorded_at_ms',
] as const;

/** The statement that appends rows to the log. */
export function appendStatement(rows: readonly LogRow[]): InsertStatement {
  return { insert: 'events', columns: COLUMNS, rows: rows.map(toValues) };
}

function toValues(row: LogRow): SqlValue[] {
  const { event } = row;
  return [
    event.position,
    event.id,
    event.type,
    row.version,
    event.source,
    event.subject,
    event.time,
    event.dealerid,
    event.lane ?? null,
    event.epoch ?? null,
    event.sequence ?? null,
    event.correlationid,
    event.causationid ?? null,
    event.traceparent ?? null,
    row.idempotencyKey ?? null,
    row.requestDigest ?? null,
    row.dataText,
    row.appliedText ?? null,
    row.recordedAtMs,
  ];
}

/**
 * What a query by subject has to say, too, to be answered from the index on subjects (schema.ts). `column` is the
 * type's column.
 */
export function inSubjectIndex(column = 'type'): string {
  return `${column} <> '${STOCK_MOVEMENT}'`;
}

const STOCK_MOVEMENT = 'inventory.changed';

/** The columns that `fromRow` reads. */
export const EVENT_COLUMNS =
  'position, id, type, version, source, subject, time, dealer_id, lane, epoch, sequence, correlation_id, causation_id, traceparent, data';

/** The event of a row that was read with `EVENT_COLUMNS`. */
export function fromRow(row: Row): LoggedEvent {
  const type = String(row.type);
  return {
    position: Number(row.position),
    specversion: '1.0',
    id: String(row.id),
    source: String(row.source),
    type,
    subject: String(row.subject),
    time: String(row.time),
    datacontenttype: 'application/json',
    dataschema: schemaUrn(type, Number(row.version)),
    dealerid: String(row.dealer_id),
    ...(row.sequence === null
      ? {}
      : { lane: row.lane as Lane, epoch: Number(row.epoch), sequence: Number(row.sequence) }),
    correlationid: String(row.correlation_id),
    ...(row.causation_id === null ? {} : { causationid: String(row.causation_id) }),
    ...(row.traceparent === null ? {} : { traceparent: String(row.traceparent) }),
    data: JSON.parse(String(row.data)),
  };
}

export interface LogQuery {
  /** Only what lies after this position. */
  readonly after?: number;
  /** Only what lies at or before this position. */
  readonly upTo?: number;
  readonly types?: readonly string[];
  readonly subject?: string;
  readonly limit: number;
  readonly newestFirst?: boolean;
}

/** Reads a stretch of the log, in order. */
export async function readLog(store: Store, query: LogQuery): Promise<LoggedEvent[]> {
  const where: string[] = ['position > ?'];
  const args: SqlValue[] = [query.after ?? 0];
  if (query.upTo !== undefined) {
    where.push('position <= ?');
    args.push(query.upTo);
  }
  if (query.types !== undefined) {
    where.push('type IN (SELECT value FROM json_each(?))');
    args.push(JSON.stringify(query.types));
  }
  if (query.subject !== undefined) {
    where.push('subject = ?');
    args.push(query.subject);
  }
  const select = (more: readonly string[]) =>
    `SELECT ${EVENT_COLUMNS} FROM events WHERE ${[...where, ...more].join(' AND ')}`;
  const isStockToo = query.types === undefined || query.types.includes(STOCK_MOVEMENT);
  const sql =
    query.subject === undefined
      ? select([])
      : isStockToo
        ? `${select([inSubjectIndex()])} UNION ALL ${select([`type = '${STOCK_MOVEMENT}'`])}`
        : select([inSubjectIndex()]);
  const rows = await store.read({
    sql: `${sql} ORDER BY position ${query.newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    args: [...args, ...(sql.includes('UNION') ? args : []), query.limit],
  });
  return rows.map(fromRow);
}

/** The position of the last row; 0 when the log is empty. */
export const HEAD_SQL = 'SELECT coalesce(max(position), 0) FROM events';

/** The last position of the log and, for one epoch, of each lane. */
export async function readHeads(
  store: Store,
  epoch: number,
): Promise<{ position: number; sequences: Record<Lane, number> }> {
  const [head] = await store.read({ sql: `${HEAD_SQL.replace('FROM', 'AS position FROM')}` });
  const lanes = await store.read({
    sql: `SELECT lane, max(sequence) AS sequence FROM events WHERE lane IN ('live', 'bulk') AND epoch = ? AND sequence IS NOT NULL GROUP BY lane`,
    args: [epoch],
  });
  const sequences: Record<Lane, number> = { live: 0, bulk: 0 };
  for (const row of lanes) sequences[row.lane as Lane] = Number(row.sequence);
  return { position: Number(head?.position ?? 0), sequences };
}
