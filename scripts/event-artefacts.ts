import { readFileSync } from 'node:fs';
import type { EventDefinition } from '../src/core/define-event.ts';
import { dealerSource, type EventEnvelope, schemaUrn } from '../src/core/event.ts';
import { asyncApiDocument } from '../src/events/async-api.ts';
import { avroSchemaOf } from '../src/events/avro.ts';
import { catalog } from '../src/events/catalog.ts';
import { catalogMarkdown } from '../src/events/catalog-markdown.ts';
import { jsonSchemaOf } from '../src/events/json-schema.ts';
import { validateAgainst } from '../src/events/validate.ts';
import { printJson } from './print-json.ts';

export interface Artefact {
  /** From the root of the repository. */
  readonly path: string;
  /**
   * `bytes`: a stored event, frozen for good · `schema`: may change compatibly · `document`: follows the definitions.
   */
  readonly kind: 'bytes' | 'schema' | 'document';
  readonly content: string;
}

/** Every file that is derived from the catalogue. Schemas of older versions are history: kept, not derived. */
export function eventArtefacts(): readonly Artefact[] {
  const definitions = [...catalog.values()];
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return [
    { path: 'docs/events.md', kind: 'document', content: catalogMarkdown(definitions) },
    {
      path: 'docs/asyncapi.json',
      kind: 'document',
      content: printJson(asyncApiDocument(definitions, { version: manifest.version })),
    },
    ...definitions.flatMap(artefactsOf),
  ];
}

function artefactsOf(definition: EventDefinition): readonly Artefact[] {
  const { type, version } = definition;
  const versions = Array.from({ length: version }, (_, index) => index + 1);
  return [
    ...versions.map((each): Artefact => {
      return { path: goldenPath(type, each), kind: 'bytes', content: JSON.stringify(goldenEnvelope(definition, each)) };
    }),
    { path: schemaPath(type, version), kind: 'schema', content: printJson(jsonSchemaOf(definition)) },
    { path: avroPath(type, version), kind: 'schema', content: printJson(avroSchemaOf(definition)) },
  ];
}

export function goldenPath(type: string, version: number): string {
  return `test/golden/${type}.v${version}.json`;
}

export function schemaPath(type: string, version: number): string {
  return `test/golden/schemas/${type}.v${version}.schema.json`;
}

export function avroPath(type: string, version: number): string {
  return `test/golden/schemas/${type}.v${version}.avsc`;
}

/** The example of one version of an event type in its full envelope; everything that varies is fixed. */
export function goldenEnvelope(definition: EventDefinition, version: number): EventEnvelope {
  const data = version === definition.version ? definition.example : definition.olderExamples[version];
  if (data === undefined) throw new Error(`${definition.type}: olderExamples lacks version ${version}`);
  const current = validateAgainst(definition, version, data);
  if (current.outcome !== 'ok') {
    throw new Error(`${definition.type}: the example of version ${version} is ${JSON.stringify(current)}`);
  }
  const down = definition.direction === 'down';
  return {
    specversion: '1.0',
    id: '0199a0c4-6f7e-7d21-a2b3-c4d5e6f70819',
    source: down ? `urn:dealeriq:centre:${definition.producer}` : dealerSource('D042', 'B1'),
    type: definition.type,
    subject: definition.subject(current.data),
    time: '2026-11-02T09:14:05.120Z',
    datacontenttype: 'application/json',
    dataschema: schemaUrn(definition.type, version),
    dealerid: 'D042',
    ...(down ? {} : { lane: definition.lane, epoch: 1, sequence: 123 }),
    correlationid: '0199a0c4-6f70-7b01-8c12-2d34e5f60718',
    causationid: '0199a0c4-6f7a-7c11-9d23-3e45f6071829',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data,
  };
}
