import { avroCodec } from './avro-codec.ts';
import { jsonCodec } from './json-codec.ts';
import type { PayloadCodec } from './payload-codec.ts';
import { type SchemaSource, type SchemaSourceOptions, schemaSource } from './schema-source.ts';

/** The codec for a format, and the schemas that it works with: call `schemas.prepare()` before the first payload. */
export function openPayloadCodec(options: SchemaSourceOptions): {
  readonly codec: PayloadCodec;
  readonly schemas: SchemaSource;
} {
  const schemas = schemaSource(options);
  return { codec: options.format === 'avro' ? avroCodec(schemas) : jsonCodec(schemas), schemas };
}
