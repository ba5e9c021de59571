import { catalog } from '../../../src/events/catalog.ts';
import { kafkaTopic } from '../../../src/events/names.ts';
import { readRecordHeaders } from '../cloud-event-records.ts';
import { routeDown } from '../down-routing.ts';
import type { Kafka, KafkaMessage } from '../kafka.ts';
import { mergeByTime, type Stretch } from './bounded-read.ts';

/** Which events are replayed. */
export interface ReplaySelection {
  readonly prefix: string;
  /** Recorded in Kafka at this time or later, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Recorded at this time or earlier; up to the end that the topics have at the start without it. */
  readonly untilMs?: number | undefined;
  /** Every type of the catalogue without it. */
  readonly types?: readonly string[] | undefined;
  /** Every dealer, and what is of no dealer, without it. */
  readonly dealers?: readonly string[] | undefined;
  /** Only what this dealer may know: its own events, and those that are for everybody. */
  readonly forDealer?: string | undefined;
}

/** An event that is selected. */
export interface Selected {
  readonly message: KafkaMessage;
  readonly type: string;
  /** The dealer whose it is; `undefined` when it is of none. */
  readonly dealerId: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The mark of a replay in a CloudEvent (an extension attribute) and in a Kafka record. */
export const REPLAY_ATTRIBUTE = 'replayid';
export const REPLAY_HEADERS = { mark: 'dealeriq_replay', from: 'dealeriq_replayed_from' } as const;

/**
 * The parts of the topics that a replay reads. Their ends are taken here, once: what is written later is not part of
 * it, so that a replay always comes to its end.
 * @throws {KafkaError} `unknown-topic` when a topic of the catalogue is missing, and what the admin throws.
 */
export async function stretchesOf(kafka: Kafka, selection: ReplaySelection): Promise<readonly Stretch[]> {
  const admin = kafka.admin();
  const stretches: Stretch[] = [];
  for (const type of selection.types ?? catalog.keys()) {
    const topic = kafkaTopic(type, selection.prefix);
    const bounds = await admin.bounds(topic);
    if (bounds.every(({ first, end }) => first >= end)) continue;
    const since = await admin.offsetsAt(topic, selection.sinceMs);
    const until = selection.untilMs === undefined ? [] : await admin.offsetsAt(topic, selection.untilMs + 1);
    for (const { partition, first, end } of bounds) {
      const from = since.find((one) => one.partition === partition)?.offset ?? first;
      const upTo = until.find((one) => one.partition === partition)?.offset ?? end;
      const stretch = { topic, partition, from: from > first ? from : first, end: upTo < end ? upTo : end };
      if (stretch.from < stretch.end) stretches.push(stretch);
    }
  }
  return stretches;
}

/** The selected events of stretches, in order of time; of each dealer and topic in sequence. */
export async function* selectedEvents(
  kafka: Kafka,
  stretches: readonly Stretch[],
  selection: ReplaySelection,
): AsyncGenerator<Selected> {
  for await (const message of mergeByTime(kafka.reader(), stretches)) {
    const { attributes } = readRecordHeaders(message.headers);
    const type = message.topic.slice(selection.prefix.length + 1);
    const selected: Selected = { message, type, dealerId: attributes.dealerid, attributes };
    if (isSelected(selected, selection)) yield selected;
  }
}

function isSelected(one: Selected, { dealers, forDealer }: ReplaySelection): boolean {
  const { dealerId } = one;
  // A mark of another replay: it was an event of its own topic before.
  if (one.message.headers.some(({ name }) => name === REPLAY_HEADERS.mark)) return false;
  if (dealers !== undefined && (dealerId === undefined || !dealers.includes(dealerId))) return false;
  if (forDealer === undefined || dealerId === forDealer) return true;
  return dealerId === undefined && isForEverybody(one);
}

/** Whether the bridge would tell it to every dealer. */
function isForEverybody({ type, attributes }: Selected): boolean {
  const definition = catalog.get(type);
  if (definition === undefined || definition.direction === 'up') return false;
  const route = routeDown(definition, attributes, undefined);
  return route.outcome === 'route' && route.dealerId === undefined;
}
