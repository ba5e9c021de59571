import type { EventDefinition } from '../core/define-event.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

export type AvroType =
  | 'null'
  | 'string'
  | 'long'
  | 'double'
  | 'boolean'
  | AvroRecord
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'map'; readonly values: AvroType }
  | readonly AvroType[];

export interface AvroField {
  readonly name: string;
  readonly doc?: string;
  readonly type: AvroType;
  readonly default?: null;
}

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

/**
 * The Avro schema of a payload: a record in `dealeriq.<layer>`. Integers are `long`, numbers `double`; an optional
 * field is a union with null that defaults to null; an enumeration is a string, since an Avro enum cannot grow
 * without breaking readers. Nested records are named by their path, so names stay when neighbours change.
 */
export function avroSchemaOf(definition: EventDefinition): AvroRecord {
  const names = new Set<string>();
  const record = toRecord(jsonSchemaOf(definition), pascal(definition.type), names, definition.type);
  const { type, name, ...rest } = record;
  return { type, name, namespace: `dealeriq.${definition.layer}`, doc: definition.purpose, ...rest };
}

function toRecord(schema: JsonSchema, name: string, names: Set<string>, type: string): AvroRecord {
  if (names.has(name)) throw new Error(`${type}: two nested records would both be named ${name}`);
  names.add(name);
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([field, property]): AvroField => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(field)) throw new Error(`${type}: "${field}" is not a name in Avro`);
    const doc = docOf(property);
    const value = toAvro(property, name + pascal(field), names, type);
    return {
      name: field,
      ...(doc === undefined ? {} : { doc }),
      ...(required.has(field) ? { type: value } : { type: ['null', value], default: null }),
    };
  });
  return { type: 'record', name, fields };
}

function toAvro(schema: JsonSchema, name: string, names: Set<string>, type: string): AvroType {
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
      return 'long';
    case 'number':
      return 'double';
    case 'array':
      if (schema.items === undefined) throw new Error(`${type}: the array ${name} does not say what it holds`);
      return { type: 'array', items: toAvro(schema.items, name, names, type) };
    case 'object':
      return schema.additionalProperties === undefined
        ? toRecord(schema, name, names, type)
        : { type: 'map', values: toAvro(schema.additionalProperties, name, names, type) };
  }
}

/** Description, allowed values and whether the field is personal, as Avro knows only `doc`. */
function docOf(schema: JsonSchema): string | undefined {
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  const parts = [
    schema.description,
    values && `One of ${values.join(', ')}`,
    schema.format && `Format ${schema.format}`,
    schema['x-personal'] && 'Personal',
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('. ');
}

/** `order.placed` and `lineNumber` as `OrderPlaced` and `LineNumber`. */
function pascal(name: string): string {
  return name
    .split(/[._]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
