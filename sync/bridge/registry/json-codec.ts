import { z } from 'zod';
import { EdgeError } from '../../../src/core/errors.ts';
import { catalog } from '../../../src/events/catalog.ts';
import { jsonPointer } from '../../../src/events/validate.ts';
import { type PayloadCodec, unfit } from './payload-codec.ts';
import type { SchemaSource, WriterSchema } from './schema-source.ts';
import { restoreMembers } from './unknown-members.ts';
import { HEADER_BYTES, readHeader, writeHeader } from './wire-format.ts';

/** Payloads as JSON text with a JSON Schema, in the Confluent wire format. JSON carries every member by itself. */
export function jsonCodec(source: SchemaSource): PayloadCodec {
  const checks = new WeakMap<WriterSchema, z.ZodType>();
  const types = new Map<number, string | undefined>();

  const check = (schema: WriterSchema, type: string, version: number, data: unknown) => {
    // The catalogue's own payloads have passed its validation.
    if (schema.catalogued) return;
    const known = checks.get(schema) ?? z.fromJSONSchema(JSON.parse(schema.schema));
    checks.set(schema, known);
    const parsed = known.safeParse(data);
    if (parsed.success) return;
    throw new EdgeError('contract-violation', `The payload does not fit ${type} version ${version}.`, {
      violations: parsed.error.issues.slice(0, 100).map(({ path, code, message }) => ({
        pointer: jsonPointer(path),
        code: code.replaceAll('_', '-'),
        detail: message,
      })),
    });
  };

  return {
    format: 'json',
    knows: source.knows,
    learn: source.learn,
    encode(type, version, data) {
      const schema = source.writerOf(type, version);
      check(schema, type, version, data);
      const text = JSON.stringify(data) as string | undefined;
      if (text === undefined) throw unfit('The event has no data.');
      const value = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(text));
      writeHeader(value, schema.id);
      value.write(text, HEADER_BYTES);
      return { value };
    },
    async decode(value, unknownMembers) {
      const { schemaId, body } = readHeader(value);
      if (!types.has(schemaId)) {
        const { schemaType, schema } = await source.schemaOf(schemaId);
        if (schemaType !== 'JSON') throw unfit(`The schema ${schemaId} is ${schemaType}, not JSON Schema.`);
        const { title } = JSON.parse(schema) as { readonly title?: unknown };
        types.set(schemaId, typeof title === 'string' && catalog.has(title) ? title : undefined);
      }
      let data: unknown;
      try {
        data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
      } catch (error) {
        throw unfit('The value is not JSON in UTF-8.', '', error);
      }
      if (unknownMembers !== undefined) restoreMembers(data, unknownMembers);
      const type = types.get(schemaId);
      return { ...(type === undefined ? {} : { type }), schemaId, data };
    },
  };
}
