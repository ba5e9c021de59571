import { existsSync, readdirSync, readFileSync } from 'node:fs';
import avro from 'avsc';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { avroPath, eventArtefacts, goldenEnvelope, goldenPath, schemaPath } from '../../scripts/event-artefacts.ts';
import { type EventEnvelope, schemaVersion } from '../../src/core/event.ts';
import { avroSchemaOf } from '../../src/events/avro.ts';
import { catalog } from '../../src/events/catalog.ts';
import { compatibilityBreaks } from '../../src/events/compatibility.ts';
import { type JsonSchema, jsonSchemaOf } from '../../src/events/json-schema.ts';
import { validatePayload } from '../../src/events/validate.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const parse = <Value>(path: string): Value => JSON.parse(read(path)) as Value;

const versions = [...catalog.values()].flatMap((definition) =>
  Array.from({ length: definition.version }, (_, index) => ({
    name: `${definition.type} version ${index + 1}`,
    definition,
    version: index + 1,
  })),
);

describe('stored events', () => {
  test('belong to a version of a type of the catalogue, and each version has one', () => {
    const found = readdirSync(new URL('test/golden', root)).filter((name) => name.endsWith('.json'));
    expect(found.map((name) => `test/golden/${name}`).toSorted()).toEqual(
      versions.map(({ definition, version }) => goldenPath(definition.type, version)).toSorted(),
    );
    const schemas = readdirSync(new URL('test/golden/schemas', root)).map((name) => `test/golden/schemas/${name}`);
    expect(schemas.toSorted()).toEqual(
      versions
        .flatMap(({ definition: { type }, version }) => [schemaPath(type, version), avroPath(type, version)])
        .toSorted(),
    );
  });
});

describe.each(versions)('$name', ({ definition, version }) => {
  const { type } = definition;
  const stored = (): EventEnvelope => parse<EventEnvelope>(goldenPath(type, version));

  test('is written with the very bytes that are stored', () => {
    expect(JSON.stringify(goldenEnvelope(definition, version))).toBe(read(goldenPath(type, version)));
  });

  test('can still be read', () => {
    const event = stored();
    expect(schemaVersion(event.dataschema, type)).toBe(version);
    const result = validatePayload(event.type, version, event.data);
    expect(result).toMatchObject({ outcome: 'ok', version: definition.version });
    expect(result.outcome === 'ok' && definition.subject(result.data)).toBe(event.subject);
  });

  test('fits its stored JSON Schema', () => {
    const schema = z.fromJSONSchema(parse<Parameters<typeof z.fromJSONSchema>[0]>(schemaPath(type, version)));
    expect(schema.safeParse(stored().data)).toMatchObject({ success: true });
    expect(schema.safeParse({})).toMatchObject({ success: false });
  });

  test('goes through Avro and comes back', () => {
    const codec = avro.Type.forSchema(parse<avro.Schema>(avroPath(type, version)));
    expect(withoutNulls(codec.fromBuffer(codec.toBuffer(stored().data)))).toEqual(stored().data);
  });
});

describe.each([...catalog.values()])('$type', (definition) => {
  const { type, version } = definition;

  test('has a schema that the stored one can live beside', () => {
    const previous = parse<JsonSchema>(schemaPath(type, version));
    expect(compatibilityBreaks(previous, jsonSchemaOf(definition))).toEqual([]);
  });

  test('has an Avro schema that reads what the stored one wrote, and the other way round', () => {
    const previous = avro.Type.forSchema(parse<avro.Schema>(avroPath(type, version)));
    const current = avro.Type.forSchema(avroSchemaOf(definition) as avro.Schema);
    const bytes = previous.toBuffer(definition.example);
    expect(withoutNulls(current.fromBuffer(bytes, current.createResolver(previous)))).toEqual(definition.example);
    expect(() => previous.createResolver(current)).not.toThrow();
  });
});

test.each(eventArtefacts())('$path is up to date', ({ path, content }) => {
  expect(existsSync(new URL(path, root)), 'run node scripts/generate-events.ts').toBe(true);
  expect(read(path) === content, 'run node scripts/generate-events.ts').toBe(true);
});

/** Avro says null where JSON leaves a field out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
