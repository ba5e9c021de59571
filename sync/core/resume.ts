import type { Stored } from './hub.ts';
import { BEGINNING, comparePlaces, type Place } from './outbox.ts';

/** What one lane knows when it (re)connects. */
export interface ResumeInput {
  readonly deviceId: string;
  /** The epoch that this device writes in. */
  readonly epoch: number;
  /** The last place that was given out here. */
  readonly last: Place;
  /** The last event of the dealer and lane that the hub has. */
  readonly stored: Stored | undefined;
  /** How far the centre has confirmed the lane. */
  readonly receipt: Place | undefined;
  /** The hub's last event that an operator allowed this device to follow. */
  readonly takeOver?: string | undefined;
}

export type Resume =
  /** Send what comes after `after`; the hub's last place is `hubSequence`. */
  | { readonly kind: 'send'; readonly after: Place; readonly hubSequence: number; readonly resent: boolean }
  /** Do not send: `reason` says why, and what to do. */
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Where to go on, from the hub's last event: the first step of the protocol on every connect, and again after every
 * conflict. Pure, so that every case can be tested.
 */
export function resume(input: ResumeInput): Resume {
  const { stored, receipt, last } = input;
  if (stored === undefined) {
    // Nothing there: a new dealer, or a hub that lost its stream. What the centre has confirmed is safe.
    const after = receipt === undefined || comparePlaces(receipt, last) > 0 ? BEGINNING : receipt;
    return { kind: 'send', after, hubSequence: 0, resent: receipt !== undefined };
  }
  if (stored.deviceId !== input.deviceId) {
    if (input.takeOver !== takeOverToken(stored)) {
      return {
        kind: 'refuse',
        reason: `Another device is writing for this dealer: ${stored.deviceId}. If this one replaces it, stop the other and run \`dealeriq sync take-over\`.`,
      };
    }
    return { kind: 'send', after: BEGINNING, hubSequence: stored.hubSequence, resent: false };
  }
  if (stored.epoch > input.epoch) {
    return {
      kind: 'refuse',
      reason: `Another device is writing for this dealer: it uses the name ${stored.deviceId} too, and began later. Give each device a DEVICE_ID of its own.`,
    };
  }
  if (stored.epoch === input.epoch && comparePlaces(stored, last) > 0) {
    return {
      kind: 'refuse',
      reason: `The hub has event ${stored.sequence} of this device, but the log here ends at ${last.epoch === stored.epoch ? last.sequence : 0}: the database is an old copy. Run \`dealeriq restore\` with it, which starts a new epoch.`,
    };
  }
  const confirmed = receipt !== undefined && comparePlaces(receipt, stored) > 0 && comparePlaces(receipt, last) <= 0;
  return {
    kind: 'send',
    // A hub that was rolled back behind the receipt needs only what the centre lacks.
    after: confirmed ? receipt : { epoch: stored.epoch, sequence: stored.sequence },
    hubSequence: stored.hubSequence,
    resent: false,
  };
}

/** Names the hub's last event of another device, for an operator's word that this one may follow it. */
export function takeOverToken(stored: Stored): string {
  return `${stored.deviceId}/${stored.epoch}`;
}
