import type { Lane } from '../../src/core/event.ts';
import type { Store } from '../../src/store/store.ts';

/** The name of an event within its device and lane. */
export interface Place {
  readonly epoch: number;
  readonly sequence: number;
}

/** An event of the outbox, ready to be sent: its payload stays the text that was logged. */
export interface OutboxEvent extends Place {
  readonly lane: Lane;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly dealerId: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  readonly dataText: string;
}

/** The start of everything. */
export const BEGINNING: Place = { epoch: 0, sequence: 0 };

/** Negative when `a` comes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}

/**
 * The next events of a lane after a place, in order: also those of an earlier epoch that were never sent. All of one
 * answer are of one epoch.
 */
export async function readOutbox(
  store: Store,
  lane: Lane,
  after: Place,
  limit: number,
  bytesMax: number,
): Promise<OutboxEvent[]> {
  const rows = await store.read({
    sql: `SELECT id, type, version, source, subject, time, dealer_id, epoch, sequence, correlation_id, causation_id, traceparent, data, octet_length(data) AS bytes
      FROM events WHERE lane = ?1 AND sequence IS NOT NULL AND (epoch, sequence) > (?2, ?3) AND epoch = (
        SELECT epoch FROM events WHERE lane = ?1 AND sequence IS NOT NULL AND (epoch, sequence) > (?2, ?3) ORDER BY epoch, sequence LIMIT 1)
      ORDER BY epoch, sequence LIMIT ?4`,
    args: [lane, after.epoch, after.sequence, limit],
  });
  const events: OutboxEvent[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += Number(row.bytes);
    // One event alone may be larger than a batch; it goes by itself.
    if (events.length > 0 && bytes > bytesMax) break;
    events.push({
      lane,
      epoch: Number(row.epoch),
      sequence: Number(row.sequence),
      id: String(row.id),
      type: String(row.type),
      version: Number(row.version),
      source: String(row.source),
      subject: String(row.subject),
      time: String(row.time),
      dealerId: String(row.dealer_id),
      correlationId: String(row.correlation_id),
      causationId: row.causation_id === null ? undefined : String(row.causation_id),
      traceparent: row.traceparent === null ? undefined : String(row.traceparent),
      dataText: String(row.data),
    });
  }
  return events;
}

/** The id of the event that has a place of a lane here. */
export async function idAt(store: Store, lane: Lane, place: Place): Promise<string | undefined> {
  const [row] = await store.read({
    sql: 'SELECT id FROM events WHERE lane = ? AND epoch = ? AND sequence = ? AND sequence IS NOT NULL',
    args: [lane, place.epoch, place.sequence],
  });
  return row === undefined ? undefined : String(row.id);
}

/** The last place of a lane, of any epoch, that the hub acknowledged. */
export async function lastAcked(store: Store, lane: Lane): Promise<Place | undefined> {
  const [row] = await store.read({
    sql: `SELECT epoch, value FROM (SELECT DISTINCT epoch FROM events WHERE lane = ?1 AND sequence IS NOT NULL)
      JOIN cursors ON name = 'up:' || ?1 || ':' || epoch || ':acked' WHERE value > 0 ORDER BY epoch DESC LIMIT 1`,
    args: [lane],
  });
  return row === undefined ? undefined : { epoch: Number(row.epoch), sequence: Number(row.value) };
}

/** The last place of a lane that was ever given out here. */
export async function lastPlace(store: Store, lane: Lane): Promise<Place> {
  const [row] = await store.read({
    sql: 'SELECT epoch, sequence FROM events WHERE lane = ? AND sequence IS NOT NULL ORDER BY epoch DESC, sequence DESC LIMIT 1',
    args: [lane],
  });
  return row === undefined ? BEGINNING : { epoch: Number(row.epoch), sequence: Number(row.sequence) };
}
