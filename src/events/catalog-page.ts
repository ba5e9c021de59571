import type { Direction, EventDefinition, Layer, Pattern } from '../core/define-event.ts';
import { type Lane, schemaUrn } from '../core/event.ts';
import { kafkaTopic, natsDownAllSubject, natsDownSubject, natsUpSubject, registrySubject } from './names.ts';

/** What the catalogue says about an event type. */
export interface CatalogRow {
  readonly type: string;
  readonly layer: Layer;
  readonly version: number;
  readonly direction: Direction;
  readonly lane: Lane;
  readonly producer: string;
  readonly consumers: readonly string[];
  readonly purpose: string;
  readonly patterns: readonly Pattern[];
  /** Dotted paths of personal fields. */
  readonly personal: readonly string[];
  readonly extension: boolean;
  readonly schema: string;
  readonly topic: string;
  readonly registrySubject: string;
  /** The NATS subjects that the type travels on, for one dealer. */
  readonly natsSubjects: readonly string[];
}

export interface CatalogNaming {
  /** The dealer whose NATS subjects are shown. */
  readonly dealerId: string;
  /** Of Kafka topics. */
  readonly topicPrefix?: string;
}

/** The rows of `GET /v1/catalog`, in the order of the catalogue. */
export function catalogRows(definitions: Iterable<EventDefinition>, naming: CatalogNaming): readonly CatalogRow[] {
  return Array.from(definitions, (definition) => catalogRow(definition, naming));
}

/** The row of one event type. */
export function catalogRow(definition: EventDefinition, naming: CatalogNaming): CatalogRow {
  const { type, layer, version, direction, lane, producer, consumers, purpose, patterns, personal, extension } =
    definition;
  const up = [natsUpSubject(naming.dealerId, lane, type)];
  const down = [natsDownSubject(naming.dealerId, type), natsDownAllSubject(type)];
  return {
    ...{ type, layer, version, direction, lane, producer, consumers, purpose, patterns, personal, extension },
    schema: schemaUrn(type, version),
    topic: kafkaTopic(type, naming.topicPrefix),
    registrySubject: registrySubject(type, naming.topicPrefix),
    natsSubjects: [...(direction === 'down' ? [] : up), ...(direction === 'up' ? [] : down)],
  };
}
