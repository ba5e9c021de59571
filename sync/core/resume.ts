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
  /** The id of the event that has that place in the log here; `undefined` when there is none. */
  readonly localId: string | undefined;
  /** How far the centre has confirmed the lane. */
  readonly receipt: Place | undefined;
  /** The last place that the hub ever acknowledged to this device. */
  readonly acked: Place | undefined;
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
  if (stored !== undefined && stored.deviceId !== input.deviceId) return follow(input, stored);
  // Sequences after the end of the log here were given out by somebody else, and would be given out again.
  const furthest = later(stored, receipt);
  if (furthest !== undefined && furthest.epoch > input.epoch) {
    return {
      kind: 'refuse',
      reason: `Another device is writing for this dealer: it uses the name ${input.deviceId} too, and began later. Give each device a DEVICE_ID of its own.`,
    };
  }
  if (furthest !== undefined && furthest.epoch === input.epoch && comparePlaces(furthest, last) > 0) {
    return {
      kind: 'refuse',
      reason: `The centre has event ${furthest.sequence} of this device, but the log here ends at ${last.epoch === furthest.epoch ? last.sequence : 0}: the database is an old copy. Run \`dealeriq restore\` with it, which starts a new epoch.`,
    };
  }
  if (stored !== undefined && input.localId !== undefined && input.localId !== stored.eventId) {
    return {
      kind: 'refuse',
      reason: `Event ${stored.sequence} of this device is ${stored.eventId} at the centre and ${input.localId} here: a copy of this database went its own way. Keep the one that the centre knows, and give the other a DEVICE_ID of its own.`,
    };
  }
  return {
    kind: 'send',
    // A hub that lost its stream, or was rolled back behind the receipt, needs only what the centre lacks.
    after: furthest ?? BEGINNING,
    hubSequence: stored?.hubSequence ?? 0,
    resent: stored === undefined && receipt !== undefined,
  };
}

/** Goes on after the last event of another device, when an operator has allowed that. */
function follow({ takeOver, receipt, acked }: ResumeInput, stored: Stored): Resume {
  if (takeOver !== takeOverToken(stored)) {
    return {
      kind: 'refuse',
      reason: `Another device is writing for this dealer: ${stored.deviceId}. If this one replaces it, stop the other and run \`dealeriq sync take-over\`.`,
    };
  }
  // What this device had sent before the other one wrote lies further back in the stream.
  return { kind: 'send', after: later(acked, receipt) ?? BEGINNING, hubSequence: stored.hubSequence, resent: false };
}

function later(a: Place | undefined, b: Place | undefined): Place | undefined {
  const place = a === undefined || (b !== undefined && comparePlaces(b, a) > 0) ? b : a;
  return place === undefined ? undefined : { epoch: place.epoch, sequence: place.sequence };
}

/** Names the hub's last event of another device, for an operator's word that this one may follow it. */
export function takeOverToken(stored: Stored): string {
  return `${stored.deviceId}/${stored.epoch}`;
}
