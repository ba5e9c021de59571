import { EdgeError } from '../../core/errors.ts';
import type { LoggedEvent } from '../../core/event.ts';
import { type OrderEvent, orderEventTypes } from '../../domain/order/order.ts';
import { type Milestones, type OrderStatus, statusOf } from '../../domain/order/status.ts';
import type { OrderPlaced } from '../../events/transactional/order.ts';
import type { Runtime } from '../../runtime.ts';
import { CURSORS, readCursor } from '../../store/cursors.ts';
import { readLog } from '../../store/log.ts';
import type { Row, SqlValue } from '../../store/store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';

/** Steps of one order that are read at the most; an order has a handful. */
const STEPS_MAX = 1_000;

type SeenStatus = OrderStatus | 'sent';

interface Step {
  readonly step: SeenStatus;
  readonly at: string;
  readonly detail?: string;
  readonly eventId?: string;
}

/** One order as the API shows it. @throws {EdgeError} `not-found`. */
export async function findOrder(runtime: Runtime, idOrNumber: string) {
  const { store } = runtime;
  const [row] = await store.read({
    sql: 'SELECT * FROM orders WHERE order_id = ?1 OR order_number = ?1 LIMIT 1',
    args: [idOrNumber],
  });
  if (row === undefined) throw new EdgeError('not-found', `There is no order ${idOrNumber} here. Check the number.`);
  const events = await readLog(store, { subject: String(row.order_id), types: orderEventTypes, limit: STEPS_MAX });
  const placed = events.find((event) => event.type === 'order.placed');
  if (placed === undefined) throw new Error(`The log lacks the order.placed of ${idOrNumber}.`);
  const acked = row.epoch === null ? undefined : await readCursor(store, CURSORS.acked('live', Number(row.epoch)));
  const sent = acked !== undefined && Number(row.sequence) <= acked.value;
  const steps = events.map((event) => stepOf(event)).filter((step) => step !== undefined);
  if (sent && !steps.some((step) => step.step === 'sent')) {
    steps.splice(1, 0, {
      step: 'sent',
      at: new Date(Math.max(acked.updatedAtMs, Date.parse(placed.time))).toISOString(),
    });
  }
  return {
    ...(placed.data as OrderPlaced),
    status: seenStatus(row, sent),
    safe: sent || row.lane === null ? ('at-the-centre' as const) : ('on-this-box' as const),
    timeline: steps,
  };
}

/** A page of orders, newest first. */
export async function listOrders(
  runtime: Runtime,
  query: { limit: number; cursor?: string | undefined; status?: SeenStatus | undefined; q?: string | undefined },
) {
  const where: string[] = [];
  const args: SqlValue[] = [];
  if (query.cursor !== undefined) {
    const [placedAt, orderId] = decodeCursor(query.cursor, ['text', 'text']);
    where.push('(placed_at, order_id) < (?, ?)');
    args.push(placedAt, orderId);
  }
  if (query.q !== undefined && query.q.trim() !== '') {
    const like = `%${query.q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
    where.push("(order_number LIKE ? ESCAPE '\\' OR po_number LIKE ? ESCAPE '\\')");
    args.push(like, like);
  }
  if (query.status !== undefined) {
    where.push(statusCondition(query.status));
  }
  const rows = await runtime.store.read({
    sql: `SELECT *, ${SENT} AS sent FROM orders ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
      ORDER BY placed_at DESC, order_id DESC LIMIT ?`,
    args: [...args, query.limit + 1],
  });
  const items = rows.slice(0, query.limit).map((row) => ({
    orderId: String(row.order_id),
    orderNumber: String(row.order_number),
    status: seenStatus(row, row.sent === 1),
    poNumber: row.po_number === null ? null : String(row.po_number),
    currency: String(row.currency),
    netMinor: Number(row.net_minor),
    grossMinor: Number(row.gross_minor),
    lineCount: Number(row.line_count),
    backordered: row.backordered === 1,
    placedAt: String(row.placed_at),
  }));
  const last = items.at(-1);
  return {
    items,
    ...(rows.length > query.limit && last !== undefined
      ? { nextCursor: encodeCursor([last.placedAt, last.orderId]) }
      : {}),
  };
}

function milestonesOf(row: Row): Milestones {
  const columns = {
    acceptedAt: row.accepted_at,
    rejectedAt: row.rejected_at,
    cancelledAt: row.cancelled_at,
    paidAt: row.paid_at,
    declinedAt: row.declined_at,
    shippedAt: row.shipped_at,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, at]) => at !== null)) as Milestones;
}

function seenStatus(row: Row, sent: boolean): SeenStatus {
  const status = statusOf(milestonesOf(row));
  return status === 'captured' && sent ? 'sent' : status;
}

/** Whether the hub has an order: each epoch has a cursor of its own (store/cursors.ts). */
const SENT = `coalesce(sequence <= (SELECT value FROM cursors WHERE name = 'up:live:' || orders.epoch || ':acked'), 0)`;

/** Orders of this box that the hub does not have yet: a look at the end of the log only, however long that is. */
export async function countOrdersWaiting(runtime: Runtime): Promise<number> {
  // Epochs are sent one after the other, so all before the furthest acknowledged place are there.
  const [row] = await runtime.store.read({
    sql: `WITH acked AS (
        SELECT CAST(substr(name, 9) AS INTEGER) AS epoch, value FROM cursors WHERE name LIKE 'up:live:%:acked' AND value > 0
        ORDER BY 1 DESC LIMIT 1)
      SELECT count(*) AS count FROM events
      WHERE lane = 'live' AND sequence IS NOT NULL AND type = 'order.placed'
        AND (epoch, sequence) > (coalesce((SELECT epoch FROM acked), 0), coalesce((SELECT value FROM acked), 0))`,
  });
  return Number(row?.count ?? 0);
}

/** `statusOf` as SQL: the first milestone of its list that is set decides. */
function statusCondition(status: SeenStatus): string {
  const ranked: readonly (readonly [SeenStatus, string])[] = [
    ['shipped', 'shipped_at'],
    ['cancelled', 'cancelled_at'],
    ['rejected', 'rejected_at'],
    ['paid', 'paid_at'],
    ['payment-declined', 'declined_at'],
    ['accepted', 'accepted_at'],
  ];
  const at = ranked.findIndex(([name]) => name === status);
  const above = ranked.slice(0, at === -1 ? ranked.length : at).map(([, column]) => `${column} IS NULL`);
  const own = ranked[at];
  if (own !== undefined) return [...above, `${own[1]} IS NOT NULL`].join(' AND ');
  return [...above, status === 'sent' ? SENT : `NOT ${SENT}`].join(' AND ');
}

function stepOf(logged: LoggedEvent): Step | undefined {
  const event = logged as unknown as OrderEvent & LoggedEvent;
  const eventId = logged.id;
  switch (event.type) {
    case 'order.placed':
      return { step: 'captured', at: event.data.placedAt, eventId };
    case 'order.accepted': {
      const ships = event.data.expectedShipDate;
      return {
        step: 'accepted',
        at: event.data.acceptedAt,
        detail: `As ${event.data.centreOrderId}${ships === undefined ? '' : `, ships ${ships}`}`,
        eventId,
      };
    }
    case 'order.rejected':
      return { step: 'rejected', at: event.data.rejectedAt, detail: event.data.reason, eventId };
    case 'order.cancelled':
      return { step: 'cancelled', at: event.data.cancelledAt, detail: event.data.reason, eventId };
    case 'payment.authorized':
      return { step: 'paid', at: event.data.authorizedAt, detail: `By ${event.data.method}`, eventId };
    case 'payment.declined':
      return { step: 'payment-declined', at: event.data.declinedAt, detail: event.data.reason, eventId };
    case 'shipment.dispatched': {
      const { carrier, trackingNumber, expectedDate } = event.data;
      return {
        step: 'shipped',
        at: event.data.dispatchedAt,
        detail: `${carrier}${trackingNumber === undefined ? '' : ` ${trackingNumber}`}, expected ${expectedDate}`,
        eventId,
      };
    }
  }
}
