import { DATA, field, inStretch, type Projection, type ProjectionStep } from './projection.ts';

/**
 * The first event of a kind sets its milestone. Only events after the order itself count, so that a piece of
 * the log gives the same as the whole.
 */
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

/** Orders with one column a milestone; the status follows from those (domain/order/status.ts). */
export const orders: Projection = {
  name: 'orders',
  version: 1,
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
    milestone('accepted_at', 'order.accepted'),
    milestone('rejected_at', 'order.rejected'),
    milestone('cancelled_at', 'order.cancelled'),
    milestone('paid_at', 'payment.authorized'),
    milestone('declined_at', 'payment.declined'),
    milestone('shipped_at', 'shipment.dispatched'),
  ],
};
