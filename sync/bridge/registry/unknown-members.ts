import type { AvroType } from '../../../src/events/avro.ts';
import { jsonPointer } from '../../../src/events/validate.ts';
import { unfit } from './payload-codec.ts';

/** Tells what of a payload a schema has no field for. */
export interface MemberCheck {
  /** A JSON object of JSON Pointers and values; `undefined` when the schema knows everything. */
  unknownOf(data: unknown): string | undefined;
}

/** Whether the schema knows every member; quick, as it runs for every event. */
type Knows = (value: unknown) => boolean;
type Collect = (value: unknown, path: readonly PropertyKey[], found: Record<string, unknown>) => void;

interface Node {
  readonly knows: Knows;
  readonly collect: Collect;
}

/** Prepares the check for a schema. Type names are not followed: payloads have no recursive types. */
export function memberCheck(schema: AvroType): MemberCheck {
  const node = nodeOf(schema);
  return {
    unknownOf(data) {
      if (node === undefined || node.knows(data)) return undefined;
      const found: Record<string, unknown> = {};
      node.collect(data, [], found);
      return JSON.stringify(found);
    },
  };
}

function nodeOf(schema: AvroType): Node | undefined {
  if (typeof schema === 'string') return undefined;
  if (Array.isArray(schema)) {
    const nodes = (schema as readonly AvroType[]).map(nodeOf).filter((node) => node !== undefined);
    return nodes[0];
  }
  const type = schema as Exclude<AvroType, string | readonly AvroType[]>;
  if (type.type === 'record') return recordNode(new Map(type.fields.map((field) => [field.name, nodeOf(field.type)])));
  return type.type === 'array' ? arrayNode(nodeOf(type.items)) : mapNode(nodeOf(type.values));
}

function recordNode(fields: ReadonlyMap<string, Node | undefined>): Node {
  return {
    knows(value) {
      if (!isObject(value)) return true;
      for (const name in value) {
        const field = fields.get(name);
        if (field === undefined ? !fields.has(name) : !field.knows(value[name])) return false;
      }
      return true;
    },
    collect(value, path, found) {
      if (!isObject(value)) return;
      for (const [name, member] of Object.entries(value)) {
        if (fields.has(name)) fields.get(name)?.collect(member, [...path, name], found);
        else found[jsonPointer([...path, name])] = member;
      }
    },
  };
}

function arrayNode(items: Node | undefined): Node | undefined {
  if (items === undefined) return undefined;
  return {
    knows: (value) => !Array.isArray(value) || value.every(items.knows),
    collect(value, path, found) {
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) items.collect(item, [...path, index], found);
    },
  };
}

function mapNode(values: Node | undefined): Node {
  return {
    knows(value) {
      if (!isObject(value)) return true;
      // Readers would take this key for the object's prototype and lose it.
      if (Object.hasOwn(value, '__proto__')) throw unfit('A map has the key "__proto__", which cannot be carried.');
      return values === undefined || Object.values(value).every(values.knows);
    },
    collect(value, path, found) {
      if (!isObject(value)) return;
      for (const [name, member] of Object.entries(value)) values?.collect(member, [...path, name], found);
    },
  };
}

/**
 * Puts members back to where they were. A place that is taken or gone by now stays as it is.
 * @throws {EdgeError} `contract-violation` when the text is not what `unknownOf` wrote.
 */
export function restoreMembers(data: unknown, unknownMembers: string): void {
  let members: unknown;
  try {
    members = JSON.parse(unknownMembers);
  } catch (error) {
    throw unfit('The header of unknown members is not JSON.', '', error);
  }
  if (!isObject(members)) throw unfit('The header of unknown members is not a JSON object.');
  for (const [pointer, member] of Object.entries(members)) {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const name = path.pop();
    const parent = path.reduce<unknown>(
      (at, part) =>
        (isObject(at) || Array.isArray(at)) && Object.hasOwn(at, part)
          ? (at as Record<string, unknown>)[part]
          : undefined,
      data,
    );
    if (name === undefined || !isObject(parent) || Object.hasOwn(parent, name)) continue;
    // Not by assignment, for which `__proto__` is another thing.
    Object.defineProperty(parent, name, { value: member, writable: true, enumerable: true, configurable: true });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
