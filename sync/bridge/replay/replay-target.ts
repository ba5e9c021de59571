import { type PayloadCodec, UNKNOWN_MEMBERS_HEADER } from '../registry/payload-codec.ts';
import type { Stretch } from './bounded-read.ts';
import type { Selected } from './selection.ts';

/** Where replayed events go. */
export interface ReplayTarget {
  /** The most events of one `write`. */
  readonly batchMax: number;
  /** What is left of the stretches where an earlier run of the same replay was cut off. */
  resume(stretches: readonly Stretch[]): Promise<readonly Stretch[]>;
  /** Resolves once the events are durable there, all of them or none. */
  write(events: readonly Selected[]): Promise<void>;
  /** Everything is written. */
  finish(): Promise<void>;
  /** After a failure or `finish`. */
  close(): Promise<void>;
}

/** The payload of an event. @throws {EdgeError} as `PayloadCodec.decode` does. */
export async function payloadOf({ message }: Selected, codec: PayloadCodec): Promise<unknown> {
  const unknown = message.headers.findLast(({ name }) => name === UNKNOWN_MEMBERS_HEADER)?.value;
  const text = unknown === undefined ? undefined : new TextDecoder().decode(unknown);
  return (await codec.decode(message.value ?? new Uint8Array(), text)).data;
}

/** The place of an event in Kafka, as `<topic>/<partition>/<offset>`. */
export function placeText({ message }: Selected): string {
  return `${message.topic}/${message.partition}/${message.offset}`;
}
