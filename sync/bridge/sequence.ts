import type { Place } from '../core/outbox.ts';

/** What becomes of an event, seen from what Kafka already has of its lane. */
export type Verdict =
  /** The next one. */
  | 'take'
  /** Kafka has it. */
  | 'skip'
  /** Something before it is missing: nothing of this lane may pass. */
  | 'gap';

/**
 * Whether an event follows the watermark of its lane: the next sequence of the same epoch, or the first of a later
 * one. A restored device begins a new epoch, so an earlier epoch has nothing more to say.
 */
export function judge(watermark: Place | undefined, place: Place): Verdict {
  if (watermark === undefined || place.epoch > watermark.epoch) return place.sequence === 1 ? 'take' : 'gap';
  if (place.epoch < watermark.epoch || place.sequence <= watermark.sequence) return 'skip';
  return place.sequence === watermark.sequence + 1 ? 'take' : 'gap';
}
