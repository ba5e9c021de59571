import { LANES } from '../../src/core/event.ts';
import { type LaneName, laneKey, type StreamPosition, type Watermark } from './checkpoint.ts';
import type { KafkaRecord } from './kafka.ts';
import { judge } from './sequence.ts';
import type { UpMessage } from './up-source.ts';

/** What a shard knows of its lanes while it runs; the same as its checkpoint in Kafka after each commit. */
export interface ShardState {
  readonly watermarks: ReadonlyMap<string, Watermark>;
  readonly position: StreamPosition | undefined;
}

/** A lane that waits for an operator: something before this event is missing. */
export interface HeldLane extends LaneName {
  readonly epoch: number;
  readonly sequence: number;
  readonly streamSequence: number;
}

/** What one group of messages comes to. */
export interface UpGroup {
  readonly records: readonly KafkaRecord[];
  /** The watermarks that change. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
  readonly position: StreamPosition | undefined;
  readonly taken: number;
  readonly skipped: number;
  readonly deadLettered: number;
  readonly held: readonly HeldLane[];
  /** When the hub stored the oldest event that is taken, in milliseconds since 1970. */
  readonly oldestMs: number | undefined;
}

/** Turns a message into the records that Kafka gets of it: the event, or its dead letter. */
export interface UpGate {
  /**
   * Answers at once, but for what it has to ask the registry first.
   * @throws {EdgeError} `registry-unavailable` when the answer has to wait; nothing is wrong with the message then.
   */
  admit(message: UpMessage): Admitted | Promise<Admitted>;
}

export interface Admitted {
  readonly records: readonly KafkaRecord[];
  readonly deadLetter: boolean;
}

/**
 * Decides what of a group goes into Kafka (findings: step 6). Pure but for the gate, so that every case can be tested.
 * `stream` names the stream by the time it was made.
 */
export async function planGroup(
  state: ShardState,
  messages: readonly UpMessage[],
  gate: UpGate,
  stream: string,
  heldBefore: ReadonlyMap<string, HeldLane>,
): Promise<UpGroup> {
  const records: KafkaRecord[] = [];
  const watermarks = new Map<string, Watermark>();
  const held = new Map(heldBefore);
  let taken = 0;
  let skipped = 0;
  let deadLettered = 0;
  let oldestMs: number | undefined;
  for (const message of messages) {
    const place = placeOf(message);
    const key = laneKey(place);
    const verdict = judgeMessage(watermarks.get(key) ?? state.watermarks.get(key), place, message);
    if (verdict === 'gap') {
      if (!held.has(key)) held.set(key, { ...place, streamSequence: message.streamSequence });
    } else if (verdict === 'skip') skipped += 1;
    else {
      const answer = gate.admit(message);
      // Most answers are there at once; waiting for each would take a turn of the event loop.
      const admitted = answer instanceof Promise ? await answer : answer;
      records.push(...admitted.records);
      taken += 1;
      if (admitted.deadLetter) deadLettered += 1;
      oldestMs = Math.min(oldestMs ?? message.storedMs, message.storedMs);
      watermarks.set(key, {
        epoch: place.epoch,
        sequence: place.sequence,
        streamSequence: message.streamSequence,
      });
      held.delete(key);
    }
  }
  const last = messages.at(-1);
  let position: StreamPosition | undefined =
    last === undefined ? state.position : { stream, streamSequence: last.streamSequence, name: copyName(last) };
  const heldFrom = Math.min(...[...held.values()].map((lane) => lane.streamSequence));
  if (position !== undefined && Number.isFinite(heldFrom)) position = { ...position, heldFrom };
  return { records, watermarks, position, taken, skipped, deadLettered, held: [...held.values()], oldestMs };
}

/**
 * What a message is called, to see whether the stream still has the same one at a place. One without a place of its
 * own is called by when and where the stream stored it.
 */
export function nameOf(message: UpMessage): string {
  const place = placeOf(message);
  if (place.deviceId === '') return `${place.dealerId}/${message.storedMs}/${message.streamSequence}`;
  return `${place.dealerId}/${place.deviceId}/${place.epoch}/${place.lane}/${place.sequence}`;
}

/**
 * What a stored copy of a message is called. A hub that was rolled back can have the same event at the same place
 * again while others before it are new; only the time at which it was stored tells that the stream is another one.
 */
export function copyName(message: UpMessage): string {
  return `${nameOf(message)}@${message.storedMs}`;
}

export interface MessagePlace extends LaneName {
  readonly epoch: number;
  readonly sequence: number;
}

/**
 * The place that a message claims, within the dealer and lane of its subject, which the hub has checked. Without a
 * readable one it belongs to no device and no lane: it is a dead letter for certain.
 */
export function placeOf(message: UpMessage): MessagePlace {
  const [, , dealerId = '', lane = ''] = message.subject.split('.', 4);
  const { deviceid, epoch, sequence } = message.attributes;
  const place = { epoch: wholeOf(epoch), sequence: wholeOf(sequence) };
  const isPlaced =
    LANES.some((known) => known === lane) &&
    typeof deviceid === 'string' &&
    /^[\w-]{1,64}$/.test(deviceid) &&
    place.epoch >= 1 &&
    place.sequence >= 1;
  return isPlaced
    ? { dealerId, deviceId: deviceid, lane, ...place }
    : { dealerId, deviceId: '', lane: '', epoch: 0, sequence: 0 };
}

function judgeMessage(watermark: Watermark | undefined, place: MessagePlace, message: UpMessage) {
  if (place.deviceId !== '') return judge(watermark, place);
  // Without a place of its own only the stream's tells whether it was dealt with.
  return message.streamSequence > (watermark?.streamSequence ?? 0) ? 'take' : 'skip';
}

/** A whole number written in decimal digits, or 0. */
function wholeOf(value: unknown): number {
  return typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : 0;
}
