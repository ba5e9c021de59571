import type { DecisionContext, EntityKey, View } from '../commands/command.ts';
import type { NewEvent } from '../core/event.ts';
import { type OrderEvent, orderEventTypes, orderStatus } from '../domain/order/order.ts';
import { orderCancelled } from '../events/transactional/order.ts';
import { fulfilLines, orderNeedsWithStock, releaseLines } from './order-stock.ts';

const watched: ReadonlySet<string> = new Set(orderEventTypes);

/** Whether the order → payment → shipment saga has something to do with an event. */
export function concernsOrderSaga(event: NewEvent): event is OrderEvent {
  return watched.has(event.type) && event.type !== 'order.placed';
}

/** What the saga has to have loaded for an event. */
export function orderSagaNeeds(event: OrderEvent, view: View): Iterable<EntityKey> {
  return orderNeedsWithStock(event.data.orderId, view);
}

/**
 * The order → payment → shipment saga (https://microservices.io/patterns/data/saga.html): one fact from the centre
 * in, the facts that follow here out. `view` holds the order before the fact.
 */
export function orderSaga(event: OrderEvent, context: DecisionContext): readonly NewEvent[] {
  const state = context.view.get('order', event.data.orderId);
  const before = orderStatus(state);
  // An order of another device, or a repeated fact of one that ended: nothing is held for it here.
  // Asked of the milestones, because the status of an order that is shipped after all is shipped.
  const { cancelledAt, rejectedAt } = state.milestones;
  if (before === undefined || cancelledAt !== undefined || rejectedAt !== undefined) return [];
  switch (event.type) {
    case 'order.rejected':
    case 'order.cancelled':
      // What has been shipped is gone; the rest of it is released.
      return releaseLines(state, context);
    case 'payment.declined':
      if (before === 'paid' || before === 'shipped') return [];
      return [
        orderCancelled.make({
          orderId: event.data.orderId,
          reason: `Payment declined: ${event.data.reason}`.slice(0, 500),
          cancelledBy: 'saga',
          cancelledAt: context.now,
        }),
        ...releaseLines(state, context),
      ];
    case 'shipment.dispatched': {
      if (state.shipments.includes(event.data.shipmentId)) return [];
      const shippedNow: Record<number, number> = {};
      for (const line of event.data.lines)
        shippedNow[line.lineNumber] = (shippedNow[line.lineNumber] ?? 0) + line.quantity;
      return fulfilLines(state, shippedNow, context);
    }
    default:
      return [];
  }
}
