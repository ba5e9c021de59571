import type { EventDefinition } from '../core/define-event.ts';
import * as dealer from './transactional/dealer.ts';
import * as feedback from './transactional/feedback.ts';
import * as inventory from './transactional/inventory.ts';
import * as order from './transactional/order.ts';
import * as payment from './transactional/payment.ts';
import * as price from './transactional/price.ts';
import * as product from './transactional/product.ts';
import * as promotion from './transactional/promotion.ts';
import * as shipment from './transactional/shipment.ts';
import * as ticket from './transactional/ticket.ts';

/** Every event type, once: the list that everything else is derived from. */
export const definitions = [
  dealer.dealerCreated,
  dealer.dealerUpdated,
  product.productUpdated,
  inventory.inventoryChanged,
  order.orderPlaced,
  order.orderAccepted,
  order.orderRejected,
  order.orderCancelled,
  payment.paymentAuthorized,
  payment.paymentDeclined,
  shipment.shipmentDispatched,
  price.priceChanged,
  promotion.promotionActivated,
  ticket.ticketCreated,
  feedback.feedbackSubmitted,
] as const;

type Definitions = (typeof definitions)[number];

/** The name of an event type of the catalogue. */
export type EventType = Definitions['type'];

/** The payload of an event type. */
export type EventData<Type extends EventType> = Extract<Definitions, { type: Type }>['example'];

/** A fact of any catalogued type, told apart by `type`. */
export type CatalogFact = { [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> } }[EventType];

const byType = new Map<string, EventDefinition>(
  definitions.map((definition) => [definition.type, definition as unknown as EventDefinition]),
);

/** The catalogue, by event type. */
export const catalog: ReadonlyMap<string, EventDefinition> = byType;

/** The definition of an event type, or `undefined` when the catalogue lacks it. */
export function definitionOf(type: string): EventDefinition | undefined {
  return byType.get(type);
}
