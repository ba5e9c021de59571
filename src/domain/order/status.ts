/** The first time that each thing happened to an order. */
export interface Milestones {
  readonly acceptedAt?: string;
  readonly rejectedAt?: string;
  readonly cancelledAt?: string;
  readonly paidAt?: string;
  readonly declinedAt?: string;
  readonly shippedAt?: string;
}

export type Milestone = keyof Milestones;

/** `sent` lies between captured and accepted, and is known from the outbox rather than from the order. */
export type OrderStatus = 'captured' | 'accepted' | 'rejected' | 'cancelled' | 'payment-declined' | 'paid' | 'shipped';

/** The status, from milestones that may have arrived in any order. */
export function statusOf(milestones: Milestones): OrderStatus {
  if (milestones.shippedAt !== undefined) return 'shipped';
  if (milestones.cancelledAt !== undefined) return 'cancelled';
  if (milestones.rejectedAt !== undefined) return 'rejected';
  if (milestones.paidAt !== undefined) return 'paid';
  if (milestones.declinedAt !== undefined) return 'payment-declined';
  if (milestones.acceptedAt !== undefined) return 'accepted';
  return 'captured';
}
