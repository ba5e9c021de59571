import type { Decider } from '../../core/decider.ts';
import { EdgeError } from '../../core/errors.ts';
import type { CatalogFact, EventData } from '../../events/catalog.ts';
import type { OrderPlaced } from '../../events/transactional/order.ts';
import { orderAccepted, orderCancelled, orderPlaced, orderRejected } from '../../events/transactional/order.ts';
import { paymentAuthorized, paymentDeclined } from '../../events/transactional/payment.ts';
import { shipmentDispatched } from '../../events/transactional/shipment.ts';
import { type Milestone, type Milestones, type OrderStatus, statusOf } from './status.ts';

export const orderEventTypes = [
  'order.placed',
  'order.accepted',
  'order.rejected',
  'order.cancelled',
  'payment.authorized',
  'payment.declined',
  'shipment.dispatched',
] as const;

export type OrderEvent = Extract<CatalogFact, { type: (typeof orderEventTypes)[number] }>;

export interface OrderState {
  readonly placed?: OrderPlaced;
  readonly milestones: Milestones;
  /** Shipped so far, by line number. */
  readonly shipped: Readonly<Record<number, number>>;
  /** The ids of its shipments, so that one that is reported again does not count twice. */
  readonly shipments: readonly string[];
}

export type OrderCommand =
  | { readonly kind: 'place'; readonly order: OrderPlaced }
  | { readonly kind: 'cancel'; readonly cancellation: EventData<'order.cancelled'> }
  | { readonly kind: 'accept'; readonly acceptance: EventData<'order.accepted'> }
  | { readonly kind: 'reject'; readonly rejection: EventData<'order.rejected'> }
  | { readonly kind: 'pay'; readonly payment: EventData<'payment.authorized'> }
  | { readonly kind: 'decline-payment'; readonly decline: EventData<'payment.declined'> }
  | { readonly kind: 'ship'; readonly shipment: EventData<'shipment.dispatched'> };

/** The state of an order as a person sees it. */
export function orderStatus(state: OrderState): OrderStatus | undefined {
  return state.placed === undefined ? undefined : statusOf(state.milestones);
}

export const order: Decider<OrderState, OrderCommand, OrderEvent> = {
  initial: { milestones: {}, shipped: {}, shipments: [] },
  evolve: (state, event) => {
    switch (event.type) {
      case 'order.placed':
        return state.placed === undefined ? { ...state, placed: event.data } : state;
      case 'order.accepted':
        return reached(state, 'acceptedAt', event.data.acceptedAt);
      case 'order.rejected':
        return reached(state, 'rejectedAt', event.data.rejectedAt);
      case 'order.cancelled':
        return reached(state, 'cancelledAt', event.data.cancelledAt);
      case 'payment.authorized':
        return reached(state, 'paidAt', event.data.authorizedAt);
      case 'payment.declined':
        return reached(state, 'declinedAt', event.data.declinedAt);
      case 'shipment.dispatched':
        return reached(addShipment(state, event.data), 'shippedAt', event.data.dispatchedAt);
    }
  },
  decide: (state, command) => {
    if (command.kind === 'place') {
      if (state.placed !== undefined) {
        throw new EdgeError('conflict', `Order ${command.order.orderId} exists already.`);
      }
      return [orderPlaced.make(command.order)];
    }
    const placed = state.placed;
    if (placed === undefined) throw new EdgeError('not-found', 'There is no such order. Check the order id.');
    const status = statusOf(state.milestones);
    const allow = (action: string, ...from: readonly OrderStatus[]) => {
      if (!from.includes(status)) {
        throw new EdgeError('conflict', `Order ${placed.orderNumber} is ${status}, so it cannot be ${action}.`, {
          extra: { orderStatus: status },
        });
      }
    };
    switch (command.kind) {
      case 'cancel':
        allow('cancelled', 'captured', 'accepted', 'payment-declined', 'paid');
        return [orderCancelled.make(command.cancellation)];
      case 'accept':
        allow('accepted', 'captured');
        return [orderAccepted.make(command.acceptance)];
      case 'reject':
        allow('rejected', 'captured');
        return [orderRejected.make(command.rejection)];
      case 'pay':
        allow('paid', 'accepted', 'payment-declined');
        return [paymentAuthorized.make(command.payment)];
      case 'decline-payment':
        allow('declined', 'accepted');
        return [paymentDeclined.make(command.decline)];
      case 'ship':
        allow('shipped', 'accepted', 'paid', 'shipped');
        checkShipment(state, placed, command.shipment);
        return [shipmentDispatched.make(command.shipment)];
    }
  },
};

function reached(state: OrderState, milestone: Milestone, at: string): OrderState {
  if (state.milestones[milestone] !== undefined) return state;
  return { ...state, milestones: { ...state.milestones, [milestone]: at } };
}

function addShipment(state: OrderState, shipment: EventData<'shipment.dispatched'>): OrderState {
  if (state.shipments.includes(shipment.shipmentId)) return state;
  const shipped: Record<number, number> = { ...state.shipped };
  for (const line of shipment.lines) shipped[line.lineNumber] = (shipped[line.lineNumber] ?? 0) + line.quantity;
  return { ...state, shipped, shipments: [...state.shipments, shipment.shipmentId] };
}

function checkShipment(state: OrderState, placed: OrderPlaced, shipment: EventData<'shipment.dispatched'>): void {
  for (const line of shipment.lines) {
    const ordered = placed.lines.find((candidate) => candidate.lineNumber === line.lineNumber);
    if (ordered === undefined || ordered.sku !== line.sku) {
      throw new EdgeError('conflict', `Order ${placed.orderNumber} has no line ${line.lineNumber} of ${line.sku}.`);
    }
    const already = state.shipped[line.lineNumber] ?? 0;
    if (already + line.quantity > ordered.quantity) {
      throw new EdgeError(
        'conflict',
        `Line ${line.lineNumber} of order ${placed.orderNumber} has ${ordered.quantity}; ${already} are shipped, ${line.quantity} more are too many.`,
      );
    }
  }
}
