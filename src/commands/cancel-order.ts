import { order } from '../domain/order/order.ts';
import { orderNeedsWithStock, releaseLines } from '../sagas/order-stock.ts';
import { defineCommand } from './command.ts';

export interface CancelOrder {
  readonly orderId: string;
  readonly reason: string;
}

export const cancelOrder = defineCommand({
  name: 'cancel-order',
  needs: (command: CancelOrder, view) => orderNeedsWithStock(command.orderId, view),
  decide: (command: CancelOrder, context) => {
    const state = context.view.get('order', command.orderId);
    const events = order.decide(state, {
      kind: 'cancel',
      cancellation: {
        orderId: command.orderId,
        reason: command.reason,
        cancelledBy: 'dealer',
        cancelledAt: context.now,
      },
    });
    return [...events, ...releaseLines(state, context)];
  },
});
