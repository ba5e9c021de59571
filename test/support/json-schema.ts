type Schema = Readonly<Record<string, unknown>>;

/**
 * What of a value does not fit a JSON Schema, with a pointer each. Knows the keywords that /openapi.json uses and
 * refuses to pass over any other, so that a check cannot become empty unnoticed.
 */
export function misfits(schema: unknown, value: unknown, root: unknown, pointer = ''): string[] {
  if (schema === true || schema === undefined) return [];
  if (schema === false) return [`${pointer}: nothing may be here`];
  const problems: string[] = [];
  for (const [keyword, argument] of Object.entries(schema as Schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`The schema uses ${keyword}, which this check does not know.`);
    problems.push(...check({ argument, value, schema: schema as Schema, root, pointer }));
  }
  return problems;
}

interface Asked {
  readonly argument: unknown;
  readonly value: unknown;
  readonly schema: Schema;
  readonly root: unknown;
  readonly pointer: string;
}

/** `additionalProperties` is read with `properties`; the others say nothing about validity. */
const ANNOTATIONS = new Set(['description', 'title', 'default', 'example', 'examples', 'format', '$schema']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEYWORDS: Readonly<Record<string, (asked: Asked) => string[]>> = {
  '$ref': ({ argument, value, root, pointer }) => misfits(resolve(root, String(argument)), value, root, pointer),
  'type': ({ argument, value, pointer }) => {
    const types = Array.isArray(argument) ? argument.map(String) : [String(argument)];
    return types.some((type) => isOf(type, value)) ? [] : [`${pointer}: ${JSON.stringify(value)} is no ${types}`];
  },
  'enum': ({ argument, value, pointer }) =>
    (argument as unknown[]).includes(value) ? [] : [`${pointer}: ${JSON.stringify(value)} is not one of ${argument}`],
  'const': ({ argument, value, pointer }) => (argument === value ? [] : [`${pointer}: is not ${argument}`]),
  'properties': ({ argument, value, root, pointer }) =>
    isObject(value)
      ? Object.entries(argument as Schema).flatMap(([name, member]) =>
          Object.hasOwn(value, name) ? misfits(member, value[name], root, `${pointer}/${name}`) : [],
        )
      : [],
  'additionalProperties': ({ argument, value, schema, root, pointer }) =>
    isObject(value)
      ? Object.entries(value)
          .filter(([name]) => !Object.hasOwn((schema.properties ?? {}) as object, name))
          .flatMap(([name, member]) => misfits(argument, member, root, `${pointer}/${name}`))
      : [],
  'propertyNames': ({ argument, value, root, pointer }) =>
    isObject(value) ? Object.keys(value).flatMap((name) => misfits(argument, name, root, `${pointer}/${name}`)) : [],
  'required': ({ argument, value, pointer }) =>
    isObject(value)
      ? (argument as string[])
          .filter((name) => !Object.hasOwn(value, name))
          .map((name) => `${pointer}: ${name} is missing`)
      : [],
  'items': ({ argument, value, root, pointer }) =>
    Array.isArray(value) ? value.flatMap((item, index) => misfits(argument, item, root, `${pointer}/${index}`)) : [],
  'anyOf': ({ argument, value, root, pointer }) => {
    const tries = (argument as unknown[]).map((one) => misfits(one, value, root, pointer));
    return tries.some((found) => found.length === 0) ? [] : (tries[0] ?? []);
  },
  'allOf': ({ argument, value, root, pointer }) =>
    (argument as unknown[]).flatMap((one) => misfits(one, value, root, pointer)),
  'minimum': ({ argument, value, pointer }) =>
    typeof value === 'number' && value < Number(argument) ? [`${pointer}: ${value} is below ${argument}`] : [],
  'maximum': ({ argument, value, pointer }) =>
    typeof value === 'number' && value > Number(argument) ? [`${pointer}: ${value} is above ${argument}`] : [],
  'minLength': ({ argument, value, pointer }) =>
    typeof value === 'string' && [...value].length < Number(argument)
      ? [`${pointer}: is shorter than ${argument}`]
      : [],
  'maxLength': ({ argument, value, pointer }) =>
    typeof value === 'string' && [...value].length > Number(argument) ? [`${pointer}: is longer than ${argument}`] : [],
  'minItems': ({ argument, value, pointer }) =>
    Array.isArray(value) && value.length < Number(argument) ? [`${pointer}: has fewer than ${argument}`] : [],
  'maxItems': ({ argument, value, pointer }) =>
    Array.isArray(value) && value.length > Number(argument) ? [`${pointer}: has more than ${argument}`] : [],
  'pattern': ({ argument, value, pointer }) =>
    typeof value === 'string' && !new RegExp(String(argument), 'u').test(value)
      ? [`${pointer}: "${value}" does not match ${argument}`]
      : [],
};

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function resolve(root: unknown, reference: string): unknown {
  let found: unknown = root;
  for (const part of reference.replace(/^#\//, '').split('/')) found = (found as Schema | undefined)?.[part];
  if (found === undefined) throw new Error(`${reference} leads nowhere.`);
  return found;
}
