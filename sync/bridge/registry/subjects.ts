import avro from 'avsc';
import type { EventDefinition } from '../../../src/core/define-event.ts';
import { avroSchemaOf } from '../../../src/events/avro.ts';
import { catalog } from '../../../src/events/catalog.ts';
import { compatibilityBreaks } from '../../../src/events/compatibility.ts';
import { type JsonSchema, jsonSchemaOf } from '../../../src/events/json-schema.ts';
import { registrySubject } from '../../../src/events/names.ts';
import type { CompatibilityLevel, RegisteredSchema, RegistryClient } from './registry-client.ts';

/** How payloads are written: Avro, or JSON with a JSON Schema. */
export type SchemaFormat = 'avro' | 'json';

/** An event type's subject and the schema that belongs there. */
export interface CatalogSubject extends RegisteredSchema {
  readonly type: string;
  /** Major version of the payload that the schema describes. */
  readonly version: number;
  readonly subject: string;
}

/** The member of a registered schema that names the payload's major version; registries keep what they do not know. */
export const VERSION_PROPERTY = 'dealeriq.version';

/**
 * The subject and schema of an event type. Only the current major version has a schema: payloads of older ones are
 * turned into it before they are written.
 */
export function catalogSubject(definition: EventDefinition, format: SchemaFormat, prefix?: string): CatalogSubject {
  const { type, version } = definition;
  const subject = registrySubject(type, prefix);
  if (format === 'avro') {
    const schema = JSON.stringify({ ...avroSchemaOf(definition), [VERSION_PROPERTY]: version });
    return { type, version, subject, schemaType: 'AVRO', schema };
  }
  const schema = JSON.stringify({
    ...jsonSchemaOf(definition),
    // The subset that payloads use means the same there, and registries cannot compare schemas of later drafts.
    $schema: 'http://json-schema.org/draft-07/schema#',
    [VERSION_PROPERTY]: version,
  });
  return { type, version, subject, schemaType: 'JSON', schema };
}

/** Every subject of the catalogue. */
export function catalogSubjects(format: SchemaFormat, prefix?: string): readonly CatalogSubject[] {
  return [...catalog.values()].map((definition) => catalogSubject(definition, format, prefix));
}

/**
 * The level for subjects of a format. Avro: readers and writers of any version live side by side. JSON: a registry
 * calls every new member of an open object a break, so it is told to compare nothing; `checkSubjects` compares by the
 * catalogue's own rule.
 */
export function compatibilityLevelOf(format: SchemaFormat): CompatibilityLevel {
  return format === 'avro' ? 'FULL_TRANSITIVE' : 'NONE';
}

/** A subject whose registered schema cannot be followed by the catalogue's. */
export interface IncompatibleSubject {
  readonly type: string;
  readonly subject: string;
  /** The registry's version of the subject that it was compared with. */
  readonly registeredVersion: number;
  readonly messages: readonly string[];
}

/**
 * Compares every subject with the latest schema that the registry has, and changes nothing there. A subject that the
 * registry would take without looking (level NONE) is compared here. Empty when all may be registered.
 */
export async function checkSubjects(
  client: RegistryClient,
  subjects: readonly CatalogSubject[],
): Promise<readonly IncompatibleSubject[]> {
  const results = await eachOf(subjects, async (one) => {
    const latest = await client.version(one.subject, 'latest');
    if (latest === undefined) return undefined;
    const { compatible, messages } = await client.checkCompatibility(one.subject, schemaOf(one));
    const breaks = breaksBetween(latest, one);
    if (compatible && breaks.length === 0) return undefined;
    const said = messages.length > 0 ? messages : breaks;
    return {
      type: one.type,
      subject: one.subject,
      registeredVersion: latest.version,
      messages: said.length > 0 ? said : ['the registry calls the schema incompatible and does not say why'],
    };
  });
  return results.filter((one) => one !== undefined);
}

/** A subject that the registry has now. */
export interface RegisteredSubject {
  readonly type: string;
  readonly subject: string;
  readonly id: number;
  readonly outcome: 'created' | 'kept';
}

/**
 * Puts every schema into the registry that is not there yet, and sets the compatibility level of subjects that have
 * none; a level that an operator chose stays. Doing it again changes nothing.
 * @throws {EdgeError} `incompatible-schema` at the first schema that the registry refuses.
 */
export function registerSubjects(
  client: RegistryClient,
  subjects: readonly CatalogSubject[],
): Promise<readonly RegisteredSubject[]> {
  return eachOf(subjects, async (one) => {
    const { type, subject } = one;
    const known = await client.lookup(subject, schemaOf(one));
    const levelled = await ensureLevel(client, one);
    if (known !== undefined) return { type, subject, id: known.id, outcome: 'kept' };
    const id = await client.register(subject, schemaOf(one));
    if (!levelled) await ensureLevel(client, one);
    return { type, subject, id, outcome: 'created' };
  });
}

/** What stops two registered schemas from living side by side, as far as that can be told without the registry. */
function breaksBetween(previous: RegisteredSchema, next: RegisteredSchema): readonly string[] {
  if (previous.schemaType !== next.schemaType) return [`the subject holds ${previous.schemaType} schemas`];
  if (next.schemaType === 'JSON') {
    const [before, after] = [previous, next].map(({ schema }) => JSON.parse(schema) as JsonSchema);
    if (before === undefined || after === undefined) return [];
    return compatibilityBreaks(before, after).map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  }
  const [before, after] = [previous, next].map(({ schema }) => avro.Type.forSchema(JSON.parse(schema) as avro.Schema));
  if (before === undefined || after === undefined) return [];
  return [
    ...unreadable('the catalogue', after, 'the registered', before),
    ...unreadable('the registered', before, 'the catalogue', after),
  ];
}

function unreadable(reader: string, readerType: avro.Type, writer: string, writerType: avro.Type): readonly string[] {
  try {
    readerType.createResolver(writerType);
    return [];
  } catch (error) {
    return [
      `${reader} schema cannot read what ${writer} schema writes: ${error instanceof Error ? error.message : error}`,
    ];
  }
}

async function ensureLevel(client: RegistryClient, { subject, schemaType }: CatalogSubject): Promise<boolean> {
  const wanted = compatibilityLevelOf(schemaType === 'AVRO' ? 'avro' : 'json');
  const level = await client.compatibilityLevel(subject);
  if (level !== undefined && level !== 'NONE') return true;
  return level === wanted || (await client.setCompatibilityLevel(subject, wanted));
}

function schemaOf({ schemaType, schema }: CatalogSubject): RegisteredSchema {
  return { schemaType, schema };
}

/** Requests at a time: a registry is a small service that everybody shares. */
const AT_A_TIME = 6;

/** Works on all, a few at a time; after a failure it begins no further one, and rejects when the begun ones are done. */
async function eachOf<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results;
}
