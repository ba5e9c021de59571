import type { JsonSchema } from './json-schema.ts';
import { jsonPointer } from './validate.ts';

/**
 * `backward`: a reader of the new schema meets old payloads (replay, a dealer who was offline for weeks).
 * `forward`: a reader of the old schema meets new payloads (a centre or an edge that is not updated yet).
 */
export type BreakDirection = 'backward' | 'forward';

export type BreakCode = 'required' | 'type' | 'values' | 'range' | 'format' | 'closed';

export interface CompatibilityBreak {
  readonly direction: BreakDirection;
  /** JSON Pointer into the schema. */
  readonly pointer: string;
  readonly code: BreakCode;
  readonly detail: string;
}

/**
 * What stops two schemas of the same major version from living side by side. Empty when every payload of either
 * is a payload of the other, which is the rule within a major version: add or remove optional fields, and no more.
 */
export function compatibilityBreaks(previous: JsonSchema, next: JsonSchema): readonly CompatibilityBreak[] {
  const breaks: CompatibilityBreak[] = [];
  compare({ reader: next, writer: previous }, [], collect('backward', breaks));
  compare({ reader: previous, writer: next }, [], collect('forward', breaks));
  return breaks;
}

type Report = (path: readonly string[], code: BreakCode, detail: string) => void;

interface Pair {
  readonly reader: JsonSchema;
  readonly writer: JsonSchema;
}

function collect(direction: BreakDirection, breaks: CompatibilityBreak[]): Report {
  const readers = direction === 'backward' ? 'the new schema' : 'the old schema';
  return (path, code, detail) => {
    breaks.push({ direction, pointer: jsonPointer(path), code, detail: `${readers} ${detail}` });
  };
}

/** Reports every way in which a payload that the writer's schema allows can be refused by the reader's. */
function compare({ reader, writer }: Pair, path: readonly string[], report: Report): void {
  // An integer is a number too, so that one change of type is safe to read.
  if (reader.type !== writer.type && !(reader.type === 'number' && writer.type === 'integer')) {
    report(path, 'type', `wants ${reader.type} where there may be ${writer.type}`);
    return;
  }
  compareValues({ reader, writer }, path, report);
  compareRanges({ reader, writer }, path, report);
  for (const member of ['format', 'pattern'] as const) {
    if (reader[member] !== undefined && reader[member] !== writer[member]) {
      report(path, 'format', `wants the ${member} ${reader[member]}`);
    }
  }
  if (reader.items !== undefined && writer.items !== undefined) {
    compare({ reader: reader.items, writer: writer.items }, [...path, 'items'], report);
  }
  if (reader.type === 'object') compareObjects({ reader, writer }, path, report);
}

function compareValues({ reader, writer }: Pair, path: readonly string[], report: Report): void {
  const known = valuesOf(reader);
  if (known === undefined) return;
  const written = valuesOf(writer);
  const unknown = written?.filter((value) => !known.includes(value));
  if (unknown === undefined) report(path, 'values', `knows only ${known.join(', ')}`);
  else if (unknown.length > 0) report(path, 'values', `does not know ${unknown.join(', ')}`);
}

function valuesOf(schema: JsonSchema): readonly (string | number | boolean)[] | undefined {
  return schema.const === undefined ? schema.enum : [schema.const];
}

function compareRanges({ reader, writer }: Pair, path: readonly string[], report: Report): void {
  for (const member of ['minimum', 'minLength', 'minItems'] as const) {
    const limit = reader[member];
    if (limit !== undefined && limit > (writer[member] ?? (member === 'minimum' ? -Infinity : 0))) {
      report(path, 'range', `has the ${member} ${limit}`);
    }
  }
  for (const member of ['maximum', 'maxLength', 'maxItems'] as const) {
    const limit = reader[member];
    if (limit !== undefined && limit < (writer[member] ?? Infinity)) {
      report(path, 'range', `has the ${member} ${limit}`);
    }
  }
}

function compareObjects({ reader, writer }: Pair, path: readonly string[], report: Report): void {
  const always = new Set(writer.required);
  for (const name of reader.required ?? []) {
    if (!always.has(name)) report([...path, 'properties', name], 'required', 'requires what may be absent');
  }
  for (const [name, property] of Object.entries(reader.properties ?? {})) {
    const written = writer.properties?.[name];
    if (written !== undefined) {
      compare({ reader: property, writer: written }, [...path, 'properties', name], report);
    }
  }
  for (const member of ['additionalProperties', 'propertyNames'] as const) {
    const readable = reader[member];
    const written = writer[member];
    if (readable === undefined) continue;
    if (written === undefined) report([...path, member], 'closed', 'is a map, and the other is not');
    else compare({ reader: readable, writer: written }, [...path, member], report);
  }
}
