import type { Lane } from '../core/event.ts';

/** Every name that the contract fixes for an event type on NATS, on Kafka and in the schema registry. */

const DEFAULT_PREFIX = 'dealeriq';

/** The Kafka topic: `dealeriq.order.placed`. */
export function kafkaTopic(type: string, prefix: string = DEFAULT_PREFIX): string {
  return `${prefix}.${type}`;
}

/** The schema registry subject of the topic's values: `dealeriq.order.placed-value`. */
export function registrySubject(type: string, prefix: string = DEFAULT_PREFIX): string {
  return `${kafkaTopic(type, prefix)}-value`;
}

/** Where a dealer publishes: `dealeriq.up.D042.live.order.placed`. */
export function natsUpSubject(dealerId: string, lane: Lane, type: string): string {
  return `dealeriq.up.${token(dealerId)}.${lane}.${type}`;
}

/** Where one dealer is told: `dealeriq.down.D042.order.accepted`. */
export function natsDownSubject(dealerId: string, type: string): string {
  return `dealeriq.down.${token(dealerId)}.${type}`;
}

/** Where all dealers are told: `dealeriq.down.all.product.updated`. */
export function natsDownAllSubject(type: string): string {
  return `dealeriq.down.all.${type}`;
}

/** Where the bridge acknowledges to a dealer what Kafka has: `dealeriq.receipt.D042`. */
export function natsReceiptSubject(dealerId: string): string {
  return `dealeriq.receipt.${token(dealerId)}`;
}

/** A dot, a blank or a wildcard in a dealer id would reach the subjects of other dealers. */
function token(dealerId: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(dealerId)) throw new Error(`"${dealerId}" is not a dealer id`);
  // `all` addresses every dealer, so no dealer may bear that name.
  if (dealerId === 'all') throw new Error('"all" is not a dealer id: it stands for every dealer');
  return dealerId;
}
