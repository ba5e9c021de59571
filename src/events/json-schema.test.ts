import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, type EventDefinition } from '../core/define-event.ts';
import { avroSchemaOf } from './avro.ts';
import { jsonSchemaOf } from './json-schema.ts';

function define<Schema extends z.ZodType>(schema: Schema, personal: readonly string[] = []): EventDefinition {
  const definition = defineEvent({
    type: 'test.happened',
    layer: 'ops',
    direction: 'up',
    lane: 'bulk',
    producer: 'test',
    consumers: ['test'],
    purpose: 'For tests.',
    patterns: ['event-notification'],
    personal,
    schema,
    example: {} as z.infer<Schema>,
    subject: () => 'subject',
  });
  return definition as unknown as EventDefinition;
}

const definition = define(
  z.object({
    name: z.string().max(10).describe('A name'),
    count: z.int().min(0).max(9),
    share: z.number().optional(),
    kind: z.enum(['a', 'b']),
    at: z.iso.datetime({ offset: true }),
    lines: z.array(z.object({ note: z.string().optional(), parts: z.array(z.string()) })).max(3),
    totals: z.object({ net: z.int().min(0).max(5) }).optional(),
    values: z.record(z.string(), z.number()),
    fixed: z.literal('x'),
  }),
  ['name', 'lines[].note'],
);

describe('jsonSchemaOf', () => {
  const schema = jsonSchemaOf(definition);

  test('names the schema by its URN, type and purpose', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:dealeriq:schema:test.happened:1',
      title: 'test.happened',
      description: 'For tests.',
    });
  });

  test('marks personal fields where they are, in arrays too', () => {
    expect(schema.properties?.name).toEqual({
      description: 'A name',
      'x-personal': true,
      type: 'string',
      maxLength: 10,
    });
    expect(schema.properties?.lines?.items?.properties?.note?.['x-personal']).toBe(true);
    expect(schema.properties?.kind?.['x-personal']).toBeUndefined();
  });

  test('lets unknown members through and leaves optional ones out of required', () => {
    expect(schema.additionalProperties).toBeUndefined();
    expect(schema.required).not.toContain('share');
  });

  test('keeps the format and drops the pattern that says the same', () => {
    expect(schema.properties?.at).toEqual({ type: 'string', format: 'date-time' });
  });

  test('refuses a personal path that the schema lacks', () => {
    expect(() => jsonSchemaOf(define(z.object({ a: z.string() }), ['b']))).toThrow('"b" is not in the schema');
  });

  test.each([
    ['a union', z.object({ a: z.union([z.string(), z.number()]) })],
    ['a nullable', z.object({ a: z.string().nullable() })],
    ['a tuple', z.object({ a: z.tuple([z.string()]) })],
    ['a default', z.object({ a: z.string().default('x') })],
  ])('refuses %s, which Avro could not carry', (_name, schema) => {
    expect(() => jsonSchemaOf(define(schema))).toThrow('which payloads must not');
  });
});

describe('avroSchemaOf', () => {
  test('maps every construct, and names nested records by their path', () => {
    expect(avroSchemaOf(definition)).toEqual({
      type: 'record',
      name: 'TestHappened',
      namespace: 'dealeriq.ops',
      doc: 'For tests.',
      fields: [
        { name: 'name', doc: 'A name. Personal', type: 'string' },
        { name: 'count', type: 'long' },
        { name: 'share', type: ['null', 'double'], default: null },
        { name: 'kind', doc: 'One of a, b', type: 'string' },
        { name: 'at', doc: 'Format date-time', type: 'string' },
        {
          name: 'lines',
          type: {
            type: 'array',
            items: {
              type: 'record',
              name: 'TestHappenedLines',
              fields: [
                { name: 'note', doc: 'Personal', type: ['null', 'string'], default: null },
                { name: 'parts', type: { type: 'array', items: 'string' } },
              ],
            },
          },
        },
        {
          name: 'totals',
          type: ['null', { type: 'record', name: 'TestHappenedTotals', fields: [{ name: 'net', type: 'long' }] }],
          default: null,
        },
        { name: 'values', type: { type: 'map', values: 'double' } },
        { name: 'fixed', doc: 'One of x', type: 'string' },
      ],
    });
  });

  test('refuses names that collide or that Avro cannot have', () => {
    const part = z.object({ x: z.string() });
    expect(() => avroSchemaOf(define(z.object({ aB: part, a: z.object({ b: part }) })))).toThrow('TestHappenedAB');
    expect(() => avroSchemaOf(define(z.object({ 'a-b': z.string() })))).toThrow('"a-b" is not a name in Avro');
  });
});
