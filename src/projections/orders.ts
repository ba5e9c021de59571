import { inSubjectIndex } from '../store/log.ts';
import { DATA, field, inStretch, ofType, type Projection, type ProjectionStep } from './projection.ts';

const MILESTONES = [
  ['accepted_at', 'order.accepted'],
  ['rejected_at', 'order.rejected'],
  ['cancelled_at', 'order.cancelled'],
  ['paid_at', 'payment.authorized'],
  ['declined_at', 'payment.declined'],
  ['shipped_at', 'shipment.dispatched'],
] as const;

/** The first event of a kind sets its milestone. This is for events after the order itself. */
function milestone(column: string, type: string): ProjectionStep {
  return {
    types: [type],
    sql: `
UPDATE orders SET ${column} = m.time
FROM (SELECT e.subject AS order_id, min(e.position) AS position, e.time AS time
      FROM events e JOIN orders o ON o.order_id = e.subject
      WHERE ${inStretch(type)} AND e.position > o.position GROUP BY e.subject) m
WHERE orders.order_id = m.order_id AND orders.${column} IS NULL`,
  };
}

/** What had arrived before the order itself did, as happens when orders of another device are caught up with. */
const earlyMilestones: ProjectionStep = {
  types: ['order.placed'],
  sql: `
UPDATE orders SET ${MILESTONES.map(
    ([column, type]) => `
  ${column} = coalesce(${column}, (SELECT e.time FROM events e
    WHERE e.subject = orders.order_id AND ${inSubjectIndex('e.type')} AND ${ofType(type)} AND e.position < orders.position ORDER BY e.position LIMIT 1))`,
  ).join(',')}
WHERE order_id IN (SELECT e.subject FROM events e WHERE ${inStretch('order.placed')})
  AND EXISTS (SELECT 1 FROM events e WHERE e.subject = orders.order_id AND ${inSubjectIndex('e.type')} AND e.position < orders.position)`,
};

/** Orders with one column a milestone; the status follows from those (domain/order/status.ts). */
export const orders: Projection = {
  name: 'orders',
  version: 2,
  tables: ['orders'],
  steps: [
    {
      types: ['order.placed'],
      sql: `
INSERT INTO orders (order_id, order_number, dealer_id, po_number, currency, net_minor, gross_minor, line_count, backordered,
  placed_at, position, lane, epoch, sequence)
SELECT e.subject, ${field('orderNumber')}, e.dealer_id, ${field('poNumber')}, ${field('currency')}, ${field('totals.netMinor')},
  ${field('totals.grossMinor')}, json_array_length(${DATA}, '$.lines'),
  (SELECT total(l.value ->> '$.backordered') > 0 FROM json_each(${DATA}, '$.lines') l),
  ${field('placedAt')}, e.position, e.lane, e.epoch, e.sequence
FROM events e WHERE ${inStretch('order.placed')} ORDER BY e.position
ON CONFLICT(order_id) DO NOTHING`,
    },
    earlyMilestones,
    ...MILESTONES.map(([column, type]) => milestone(column, type)),
  ],
};
