import type { z } from 'zod';
import type { Lane, NewEvent } from './event.ts';

export type Layer = 'transactional' | 'ml' | 'genai' | 'ops';

/** `up`: made at the dealer; `down`: made at the centre; `both`: either, told apart by `source`. */
export type Direction = 'up' | 'down' | 'both';

/** The event patterns of the architecture document that a type takes part in. */
export type Pattern =
  | 'event-notification'
  | 'event-carried-state-transfer'
  | 'event-sourcing'
  | 'cqrs'
  | 'choreography'
  | 'saga'
  | 'streaming-etl'
  | 'change-data-capture';

/** Turns the payload of one version into the payload of the next. */
export type Upcast = (data: never) => unknown;

/** The single definition of an event type: every schema, name, permission and document is derived from it. */
export interface EventDefinition<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly layer: Layer;
  /** Major version of the payload; changes within one are backward and forward compatible. */
  readonly version: number;
  readonly direction: Direction;
  /** The lane of the outbox, fixed for good. */
  readonly lane: Lane;
  readonly producer: string;
  readonly consumers: readonly string[];
  readonly purpose: string;
  readonly patterns: readonly Pattern[];
  /** Dotted paths of personal fields in the payload (`lines[].note` walks an array). */
  readonly personal: readonly string[];
  /** True for the types that the sagas need and the canonical catalogue of 40 lacks. */
  readonly extension: boolean;
  readonly schema: z.ZodType<Data>;
  /** A payload that is valid and reads like a real one; documentation and golden bytes use it. */
  readonly example: Data;
  /** The aggregate id, from the payload. */
  subject(data: Data): string;
  /** From version `n` (the key) to `n + 1`. */
  readonly upcasts: Readonly<Record<number, Upcast>>;
  /** Payload examples of the older versions, by version. */
  readonly olderExamples: Readonly<Record<number, unknown>>;
  /** A fact of this type, for deciders and tests. */
  make(data: Data): NewEvent<Type, Data>;
}

/** What an author writes: everything of the definition that cannot be derived. */
export interface EventSpec<Type extends string, Schema extends z.ZodType> {
  type: Type;
  layer: Layer;
  version?: number;
  direction: Direction;
  lane: Lane;
  producer: string;
  consumers: readonly string[];
  purpose: string;
  patterns: readonly Pattern[];
  personal?: readonly string[];
  extension?: boolean;
  schema: Schema;
  example: z.infer<Schema>;
  subject(data: z.infer<Schema>): string;
  upcasts?: Readonly<Record<number, Upcast>>;
  olderExamples?: Readonly<Record<number, unknown>>;
}

/** Defines an event type. Add the result to `events/catalog.ts`; nothing else registers it. */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  spec: EventSpec<Type, Schema>,
): EventDefinition<Type, z.infer<Schema>> {
  return {
    version: 1,
    personal: [],
    extension: false,
    upcasts: {},
    olderExamples: {},
    ...spec,
    schema: spec.schema as z.ZodType<z.infer<Schema>>,
    make: (data) => ({ type: spec.type, data }),
  };
}

/** The payload type of a definition. */
export type DataOf<Definition> = Definition extends EventDefinition<string, infer Data> ? Data : never;

/** The fact type (type and payload) of a definition. */
export type FactOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Data> ? NewEvent<Type, Data> : never;
