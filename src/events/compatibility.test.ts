import { describe, expect, test } from 'vitest';
import { catalog } from './catalog.ts';
import { compatibilityBreaks } from './compatibility.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const string: JsonSchema = { type: 'string' };
const both = ['backward', 'forward'];

/** Each break as `direction code pointer`. */
function breaks(previous: JsonSchema, next: JsonSchema): readonly string[] {
  return compatibilityBreaks(previous, next).map((each) => `${each.direction} ${each.code} ${each.pointer}`);
}

describe('compatibilityBreaks', () => {
  test.each([...catalog.values()])('finds none between $type and itself', (definition) => {
    expect(breaks(jsonSchemaOf(definition), jsonSchemaOf(definition))).toEqual([]);
  });

  test('allows optional fields to come and go', () => {
    expect(breaks(object({ a: string }, ['a']), object({ a: string, b: string }, ['a']))).toEqual([]);
    expect(breaks(object({ a: string, b: string }, ['a']), object({ a: string }, ['a']))).toEqual([]);
  });

  test('allows words to change', () => {
    const previous = { ...string, description: 'before' };
    expect(
      breaks(object({ a: previous }), object({ a: { ...string, description: 'after', 'x-personal': true } })),
    ).toEqual([]);
  });

  test('finds a required field that was added, or made required', () => {
    expect(breaks(object({}), object({ a: string }, ['a']))).toEqual(['backward required /properties/a']);
    expect(breaks(object({ a: string }), object({ a: string }, ['a']))).toEqual(['backward required /properties/a']);
  });

  test('finds a required field that was removed, or made optional', () => {
    expect(breaks(object({ a: string }, ['a']), object({}))).toEqual(['forward required /properties/a']);
    expect(breaks(object({ a: string }, ['a']), object({ a: string }))).toEqual(['forward required /properties/a']);
  });

  test('finds a changed type, and knows that an integer is a number', () => {
    const next = object({ a: { type: 'boolean' } });
    expect(breaks(object({ a: string }), next)).toEqual(both.map((way) => `${way} type /properties/a`));
    expect(breaks({ type: 'integer' }, { type: 'number' })).toEqual(['forward type ']);
    expect(breaks({ type: 'number' }, { type: 'integer' })).toEqual(['backward type ']);
  });

  test.each([
    ['values', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['values', { enum: ['a'] }, {}],
    ['values', { const: 'a' }, { enum: ['a', 'b'] }],
    ['range', { maxLength: 5 }, { maxLength: 6 }],
    ['range', { maxLength: 5 }, {}],
    ['range', { minLength: 2 }, { minLength: 1 }],
    ['range', { minLength: 1 }, {}],
    ['format', { format: 'date' }, {}],
    ['format', { pattern: '^a$' }, {}],
  ])('finds %s: %j narrows backward, and forward the other way round', (code, narrow, wide) => {
    const narrowed: JsonSchema = { ...string, ...narrow };
    const widened: JsonSchema = { ...string, ...wide };
    expect(breaks(widened, narrowed)).toEqual([`backward ${code} `]);
    expect(breaks(narrowed, widened)).toEqual([`forward ${code} `]);
  });

  test('finds narrowed numbers, with no lower bound taken as none', () => {
    expect(breaks({ type: 'integer' }, { type: 'integer', minimum: -5 })).toEqual(['backward range ']);
    expect(breaks({ type: 'integer', maximum: 5 }, { type: 'integer', maximum: 4 })).toEqual(['backward range ']);
  });

  test('looks into arrays, maps and nested objects', () => {
    const nested = (leaf: JsonSchema): JsonSchema =>
      object({ 'a/b': { type: 'array', items: object({ map: { type: 'object', additionalProperties: leaf } }) } });
    expect(breaks(nested(string), nested({ ...string, maxLength: 1 }))).toEqual([
      'backward range /properties/a~1b/items/properties/map/additionalProperties',
    ]);
    const list = (limits: object): JsonSchema => ({ type: 'array', items: string, ...limits });
    expect(breaks(list({}), list({ maxItems: 3, minItems: 1 }))).toEqual(['backward range ', 'backward range ']);
  });

  test('finds an object that became a map', () => {
    expect(breaks(object({}), { type: 'object', additionalProperties: string })).toEqual([
      'backward closed /additionalProperties',
    ]);
  });
});
