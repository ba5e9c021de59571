import { z } from 'zod';
import type { EventDefinition } from '../core/define-event.ts';
import { schemaUrn } from '../core/event.ts';

/**
 * The part of JSON Schema 2020-12 that payloads may use. Small on purpose: everything in it has an equal in Avro,
 * and whether two versions are compatible can be decided.
 */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly 'x-personal'?: true;
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: string | number | boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** The order in which members are written, so that the same schema always has the same bytes. */
const MEMBERS = [
  ...['$schema', '$id', 'title', 'description', 'x-personal', 'type', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'enum', 'const', 'items', 'minItems', 'maxItems', 'propertyNames', 'additionalProperties'],
  ...['properties', 'required'],
] as const;

const TYPES: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

/**
 * The JSON Schema 2020-12 of a payload: titled by its type, described by its purpose, with `x-personal: true` on
 * every personal field. Unknown members of an object are allowed, as a later minor change may add them.
 */
export function jsonSchemaOf(definition: EventDefinition): JsonSchema {
  const raw = z.toJSONSchema(definition.schema, { target: 'draft-2020-12', io: 'input', reused: 'inline' });
  const personal = new Set(definition.personal);
  const reached = new Set<string>();
  const schema = normalize(raw, definition.type, '', personal, reached);
  for (const path of personal) {
    if (!reached.has(path)) throw new Error(`${definition.type}: the personal path "${path}" is not in the schema`);
  }
  return ordered({
    ...schema,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaUrn(definition.type, definition.version),
    title: definition.type,
    description: definition.purpose,
  });
}

type Draft = { -readonly [Member in keyof JsonSchema]: JsonSchema[Member] };

/** Copies a schema node, refusing what the subset lacks and marking what is personal. */
function normalize(
  node: unknown,
  type: string,
  path: string,
  personal: ReadonlySet<string>,
  reached: Set<string>,
): JsonSchema {
  const { $schema: _, properties, items, additionalProperties, propertyNames, ...rest } = node as Draft;
  const unknownMember = Object.keys(rest).find((member) => !(MEMBERS as readonly string[]).includes(member));
  if (!TYPES.has(rest.type) || unknownMember !== undefined) {
    throw new Error(`${type}: "${path}" uses ${unknownMember ?? 'no single type'}, which payloads must not`);
  }
  const copy = (child: unknown, childPath: string): JsonSchema => normalize(child, type, childPath, personal, reached);
  const to: Draft = rest;
  // A format says the same as the pattern that comes with it, and does not change with the validator's version.
  if (to.format !== undefined) delete to.pattern;
  if (personal.has(path)) {
    to['x-personal'] = true;
    reached.add(path);
  }
  if (items !== undefined) to.items = copy(items, `${path}[]`);
  if (propertyNames !== undefined) to.propertyNames = copy(propertyNames, `${path}{}`);
  if (additionalProperties !== undefined) to.additionalProperties = copy(additionalProperties, `${path}.*`);
  if (properties !== undefined) {
    const entries = Object.entries(properties);
    const prefix = path === '' ? '' : `${path}.`;
    to.properties = Object.fromEntries(entries.map(([name, value]) => [name, copy(value, prefix + name)]));
  }
  return ordered(to);
}

function ordered(schema: JsonSchema): JsonSchema {
  const members = MEMBERS.flatMap((member) => (schema[member] === undefined ? [] : [[member, schema[member]]]));
  return Object.fromEntries(members) as unknown as JsonSchema;
}
