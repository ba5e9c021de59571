import { EdgeError } from '../../../src/core/errors.ts';
import { catalog } from '../../../src/events/catalog.ts';
import { registrySubject } from '../../../src/events/names.ts';
import { unfit } from './payload-codec.ts';
import type { RegisteredSchema, RegistryClient } from './registry-client.ts';
import { openSchemaCache, type SchemaCache } from './schema-cache.ts';
import {
  type CatalogSubject,
  catalogSubject,
  registerSubjects,
  type SchemaFormat,
  VERSION_PROPERTY,
} from './subjects.ts';

export interface SchemaSourceOptions {
  readonly client: RegistryClient;
  readonly format: SchemaFormat;
  /** Keeps what the registry said; in memory when absent. */
  readonly cache?: SchemaCache;
  readonly prefix?: string;
  /**
   * `false`: only looks schemas up, for a centre where something else registers them. Otherwise those that are not
   * there are registered.
   */
  readonly register?: boolean;
}

/** Which schema a payload is written with, and what a schema id stands for. */
export interface SchemaSource {
  readonly format: SchemaFormat;
  /**
   * Gets the id of every schema of the catalogue from the registry, or from the cache when the registry is down.
   * @returns where they are from, and the event types that cannot be written yet.
   * @throws {EdgeError} `incompatible-schema` when the registry refuses one; `invalid-config`.
   */
  prepare(): Promise<{ readonly from: 'registry' | 'cache'; readonly missing: readonly string[] }>;
  /** The schema for a version of a type, and its id. @throws {EdgeError} as `PayloadCodec.encode` does. */
  writerOf(type: string, version: number): WriterSchema;
  knows(type: string, version: number): boolean;
  learn(type: string, version: number): Promise<boolean>;
  /** The schema that an id stands for. @throws {EdgeError} as `PayloadCodec.decode` does. */
  schemaOf(id: number): Promise<RegisteredSchema>;
}

export interface WriterSchema extends RegisteredSchema {
  readonly id: number;
  /** Whether it is the catalogue's own schema: what it writes was checked against the catalogue before. */
  readonly catalogued: boolean;
}

/** How long the registry is not asked again for a version that it did not have, in milliseconds. */
const LEARN_AGAIN_MS = 30_000;

/** How many versions of a subject are looked through for a major version. */
const LEARN_VERSIONS_MAX = 50;

/** Opens a source; it asks nothing of the registry before the first call. */
export function schemaSource({ client, format, cache, prefix, register }: SchemaSourceOptions): SchemaSource {
  const kept = cache ?? openSchemaCache({ registry: client.url });
  const subjects = new Map(
    [...catalog].map(([type, definition]) => [type, catalogSubject(definition, format, prefix)]),
  );
  const writers = new Map<string, WriterSchema>();
  const notFoundMs = new Map<string, number>();
  const asked = new Map<number, Promise<RegisteredSchema>>();

  const writer = ({ type, version, schemaType, schema }: CatalogSubject, id: number, catalogued: boolean) => {
    writers.set(`${type}:${version}`, { schemaType, schema, id, catalogued });
  };
  const adopt = (one: CatalogSubject, id: number) => {
    kept.rememberId(one.subject, one.schema, id);
    writer(one, id, true);
  };

  return {
    format,
    async prepare() {
      try {
        if (register === false) {
          for (const one of subjects.values()) {
            const found = await client.lookup(one.subject, { schemaType: one.schemaType, schema: one.schema });
            if (found !== undefined) adopt(one, found.id);
          }
        } else {
          for (const { type, id } of await registerSubjects(client, [...subjects.values()])) {
            const one = subjects.get(type);
            if (one !== undefined) adopt(one, id);
          }
        }
        kept.save();
        return { from: 'registry', missing: missing() };
      } catch (error) {
        if (!(error instanceof EdgeError) || error.code !== 'registry-unavailable') throw error;
        for (const one of subjects.values()) {
          const id = kept.idOf(one.subject, one.schema);
          if (id !== undefined) writer(one, id, true);
        }
        return { from: 'cache', missing: missing() };
      }
    },
    writerOf(type, version) {
      const found = writers.get(`${type}:${version}`);
      if (found !== undefined) return found;
      if (subjects.get(type)?.version !== version) {
        throw new EdgeError('contract-violation', `There is no schema for version ${version} of "${type}".`, {
          violations: [{ pointer: '', code: 'unknown-version', detail: `version ${version} of ${type} is not known` }],
        });
      }
      throw new EdgeError(
        'registry-unavailable',
        `The schema id of ${type} is not known: the registry has not given it and no cache has it. It is asked again once the registry at ${client.url} answers.`,
      );
    },
    knows: (type, version) => writers.has(`${type}:${version}`) || subjects.get(type)?.version === version,
    async learn(type, version) {
      const key = `${type}:${version}`;
      if (writers.has(key)) return true;
      const beforeMs = notFoundMs.get(key);
      if (beforeMs !== undefined && performance.now() - beforeMs < LEARN_AGAIN_MS) return false;
      const subject = registrySubject(type, prefix);
      const schemaType = format === 'avro' ? 'AVRO' : 'JSON';
      for (const number of (await client.versions(subject)).toReversed().slice(0, LEARN_VERSIONS_MAX)) {
        const found = await client.version(subject, number);
        if (found === undefined || found.schemaType !== schemaType || majorOf(found.schema) !== version) continue;
        writer({ type, version, subject, schemaType, schema: found.schema }, found.id, false);
        return true;
      }
      notFoundMs.set(key, performance.now());
      return false;
    },
    schemaOf(id) {
      const known = kept.schemaOf(id);
      if (known !== undefined) return Promise.resolve(known);
      const pending = asked.get(id);
      if (pending !== undefined) return pending;
      const asking = askFor(id).finally(() => asked.delete(id));
      asked.set(id, asking);
      return asking;
    },
  };

  function missing(): string[] {
    return [...subjects.values()]
      .filter(({ type, version }) => !writers.has(`${type}:${version}`))
      .map(({ type }) => type);
  }

  async function askFor(id: number): Promise<RegisteredSchema> {
    const own = [...writers.values()].find((one) => one.id === id && one.catalogued);
    const schema = own ?? (await client.schemaById(id));
    if (schema === undefined) throw unfit(`The registry at ${client.url} has no schema with the id ${id}.`);
    kept.rememberSchema(id, { schemaType: schema.schemaType, schema: schema.schema });
    kept.save();
    return schema;
  }
}

function majorOf(schema: string): unknown {
  try {
    return (JSON.parse(schema) as Record<string, unknown> | null)?.[VERSION_PROPERTY];
  } catch {
    return undefined;
  }
}
