import type { Order, Problem, Quote } from '../api/types.ts';
import type { Attempt } from './draft.ts';

/**
 * Placing an order, as a machine of states. One rule carries it: from the click until the box has answered there is
 * one attempt with one idempotency key, however often it is sent. Only an answer ends it.
 */
export type Placement =
  | { readonly state: 'editing'; readonly problem?: Problem }
  /** `stop`: the person wants to edit; granted when this try brings no answer either. */
  | { readonly state: 'sending'; readonly attempt: Attempt; readonly tries: number; readonly stop?: true }
  /** Sent, and no answer: the box may or may not have it. */
  | { readonly state: 'unanswered'; readonly attempt: Attempt; readonly tries: number; readonly detail?: string }
  | { readonly state: 'price-changed'; readonly attempt: Attempt; readonly problem: Problem; readonly quote?: Quote }
  | { readonly state: 'placed'; readonly order: Order };

export type PlacementEvent =
  | { readonly kind: 'place'; readonly attempt: Attempt }
  | { readonly kind: 'resume'; readonly attempt: Attempt }
  | { readonly kind: 'answered'; readonly order: Order }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'price-changed'; readonly problem: Problem }
  | { readonly kind: 'requoted'; readonly quote: Quote }
  | { readonly kind: 'no-answer'; readonly detail?: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'edit' }
  | { readonly kind: 'new-order' };

export const editing: Placement = { state: 'editing' };

/** What follows; an event that makes no sense in a state changes nothing, so a double click is one order. */
export function nextPlacement(now: Placement, event: PlacementEvent): Placement {
  switch (event.kind) {
    case 'place':
      if (now.state === 'unanswered') return sendAgain(now);
      return now.state === 'editing' || now.state === 'price-changed'
        ? { state: 'sending', attempt: event.attempt, tries: 1 }
        : now;
    case 'resume':
      return now.state === 'editing' ? { state: 'unanswered', attempt: event.attempt, tries: 1 } : now;
    case 'retry':
      return now.state === 'unanswered' ? sendAgain(now) : now;
    case 'answered':
      return now.state === 'sending' ? { state: 'placed', order: event.order } : now;
    case 'refused':
      return now.state === 'sending' ? { state: 'editing', problem: event.problem } : now;
    case 'price-changed':
      return now.state === 'sending' ? { state: 'price-changed', attempt: now.attempt, problem: event.problem } : now;
    case 'requoted':
      return now.state === 'price-changed' ? { ...now, quote: event.quote } : now;
    case 'no-answer':
      if (now.state === 'sending' && now.stop === true) return editing;
      return now.state === 'sending'
        ? {
            state: 'unanswered',
            attempt: now.attempt,
            tries: now.tries,
            ...(event.detail === undefined ? {} : { detail: event.detail }),
          }
        : now;
    case 'edit':
      return now.state === 'sending' ? { ...now, stop: true } : editing;
    case 'new-order':
      return now.state === 'placed' ? editing : now;
  }
}

function sendAgain(now: { readonly attempt: Attempt; readonly tries: number }): Placement {
  return { state: 'sending', attempt: now.attempt, tries: now.tries + 1 };
}

const RETRY_DELAYS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** How long to wait before the same attempt is sent again. */
export function retryDelayMs(tries: number): number {
  return RETRY_DELAYS_MS[Math.min(tries, RETRY_DELAYS_MS.length) - 1] ?? 1_000;
}

/** While an attempt is open nothing of the order may change: it could already be saved as it was. */
export function isLocked(placement: Placement): boolean {
  return placement.state === 'sending' || placement.state === 'unanswered';
}
