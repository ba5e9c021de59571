/**
 * The event envelope: CloudEvents 1.0 (https://github.com/cloudevents/spec) with the extensions that make
 * delivery exactly-once: `(device, epoch, lane, sequence)` names an event made here, gap-free within each lane.
 */

/** The lane fixes what an event may delay: `live` is what people wait for, `bulk` is everything else. */
export type Lane = 'live' | 'bulk';

export const LANES: readonly Lane[] = ['live', 'bulk'];

/** A CloudEvents 1.0 event as the runtime logs it and hands it out. */
export interface EventEnvelope<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** UUIDv7, unique across all devices. */
  readonly id: string;
  /** `urn:dealeriq:dealer:<dealerId>:<deviceId>` or `urn:dealeriq:centre:<service>`. */
  readonly source: string;
  readonly type: Type;
  /** The id of the aggregate that the event is about. */
  readonly subject: string;
  /** RFC 3339, UTC; when it happened by the producer's clock. Never used for order. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** `urn:dealeriq:schema:<type>:<version>`. */
  readonly dataschema: string;
  readonly dealerid: string;
  /** Set on events made at the dealer. */
  readonly lane?: Lane;
  readonly epoch?: number;
  readonly sequence?: number;
  /** The id of the command or event that started the whole chain. */
  readonly correlationid: string;
  /** The id of the event that directly caused this one. */
  readonly causationid?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  readonly data: Data;
}

/** An event as it lies in the log. `position` is the local total order, of own and received events alike. */
export interface LoggedEvent<Type extends string = string, Data = unknown> extends EventEnvelope<Type, Data> {
  readonly position: number;
}

/** What a decider returns: a fact without an envelope. The runtime adds identity, time and order. */
export interface NewEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

const SCHEMA_URN = 'urn:dealeriq:schema:';

/** The `dataschema` attribute of a version of an event type. */
export function schemaUrn(type: string, version: number): string {
  return `${SCHEMA_URN}${type}:${version}`;
}

/** The version named by a `dataschema` attribute, or `undefined` when it names none of ours. */
export function schemaVersion(dataschema: string, type: string): number | undefined {
  const prefix = `${SCHEMA_URN}${type}:`;
  if (!dataschema.startsWith(prefix)) return undefined;
  const version = Number(dataschema.slice(prefix.length));
  return Number.isInteger(version) && version > 0 ? version : undefined;
}

/** The `source` attribute of events made by one device of a dealer. */
export function dealerSource(dealerId: string, deviceId: string): string {
  return `urn:dealeriq:dealer:${dealerId}:${deviceId}`;
}

/** Whether the event was made at the centre rather than at a dealer. */
export function isCentreSource(source: string): boolean {
  return source.startsWith('urn:dealeriq:centre:');
}
