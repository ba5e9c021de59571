import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { RegisteredSchema } from './registry-client.ts';

/**
 * What a registry said, kept so that the bridge starts and works while the registry is down. Nothing in it changes
 * once it was said: an id belongs to one schema for good. The schemas that are written come from the catalogue; of
 * them only the id is kept here, under the schema's hash, so that a changed schema never goes out under an old id.
 */
export interface SchemaCache {
  idOf(subject: string, schema: string): number | undefined;
  schemaOf(id: number): RegisteredSchema | undefined;
  rememberId(subject: string, schema: string, id: number): void;
  rememberSchema(id: number, schema: RegisteredSchema): void;
  /** Writes what is new to the file, whole or not at all; without a file it does nothing. */
  save(): void;
}

const fileSchema = z.object({
  registry: z.string(),
  subjects: z.record(z.string(), z.object({ sha256: z.string(), id: z.int().min(0) })),
  schemas: z.record(z.string(), z.object({ schemaType: z.enum(['AVRO', 'JSON']), schema: z.string() })),
});

export interface SchemaCacheOptions {
  /** The registry's address; ids of another registry are not used. */
  readonly registry: string;
  /** Where to keep it; in memory only when absent. */
  readonly file?: string;
}

/** Opens a cache. A file that cannot be read counts as empty: the registry knows it all. */
export function openSchemaCache({ registry, file }: SchemaCacheOptions): SchemaCache {
  const kept = file === undefined ? undefined : readFile(file, registry);
  const subjects = new Map(Object.entries(kept?.subjects ?? {}));
  const schemas = new Map(Object.entries(kept?.schemas ?? {}).map(([id, schema]) => [Number(id), schema]));
  let changed = false;
  return {
    idOf(subject, schema) {
      const one = subjects.get(subject);
      return one?.sha256 === hashOf(schema) ? one.id : undefined;
    },
    schemaOf: (id) => schemas.get(id),
    rememberId(subject, schema, id) {
      const sha256 = hashOf(schema);
      const one = subjects.get(subject);
      if (one?.sha256 === sha256 && one.id === id) return;
      subjects.set(subject, { sha256, id });
      changed = true;
    },
    rememberSchema(id, schema) {
      if (schemas.has(id)) return;
      schemas.set(id, schema);
      changed = true;
    },
    save() {
      if (file === undefined || !changed) return;
      const content = { registry, subjects: Object.fromEntries(subjects), schemas: Object.fromEntries(schemas) };
      writeWhole(file, JSON.stringify(content));
      changed = false;
    },
  };
}

function readFile(file: string, registry: string): z.infer<typeof fileSchema> | undefined {
  try {
    const content = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return content.registry === registry ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Several copies of the bridge may share a folder: each writes a file of its own name and puts it in place. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
