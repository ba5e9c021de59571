import avro from 'avsc';
import { EdgeError } from '../../../src/core/errors.ts';
import { type AvroRecord, avroSchemaOf } from '../../../src/events/avro.ts';
import { catalog } from '../../../src/events/catalog.ts';
import { jsonPointer } from '../../../src/events/validate.ts';
import { type PayloadCodec, unfit } from './payload-codec.ts';
import type { SchemaSource, WriterSchema } from './schema-source.ts';
import { type MemberCheck, memberCheck, restoreMembers } from './unknown-members.ts';
import { HEADER_BYTES, readHeader, writeHeader } from './wire-format.ts';

/** Nullable fields hold plain values, as payloads do. */
const TYPE_OPTIONS = { wrapUnions: false, omitRecordMethods: true } as const;

/** Where a payload is written before its length is known; it grows to what the largest needs. */
const SCRATCH_BYTES = 65_536;

interface Writer {
  readonly id: number;
  readonly type: avro.Type;
  readonly members: MemberCheck;
}

interface Reader {
  readonly eventType: string | undefined;
  read(body: Buffer): unknown;
}

/** Payloads as Avro in the Confluent wire format. */
export function avroCodec(source: SchemaSource): PayloadCodec {
  const writers = new WeakMap<WriterSchema, Writer>();
  const readers = new Map<number, Reader>();
  const own = ownTypes();
  let scratch = Buffer.allocUnsafe(SCRATCH_BYTES);

  const writerOf = (type: string, version: number): Writer => {
    const schema = source.writerOf(type, version);
    const known = writers.get(schema);
    if (known !== undefined) return known;
    const parsed = JSON.parse(schema.schema) as AvroRecord;
    const made = { id: schema.id, type: typeOf(parsed), members: memberCheck(parsed) };
    writers.set(schema, made);
    return made;
  };

  return {
    format: 'avro',
    knows: source.knows,
    learn: source.learn,
    encode(type, version, data) {
      const writer = writerOf(type, version);
      const unknownMembers = writer.members.unknownOf(data);
      let end: number;
      try {
        end = writer.type.encode(data, scratch, HEADER_BYTES);
        if (end < 0) {
          // What is missing, as a negative number.
          scratch = Buffer.allocUnsafe(scratch.length - end);
          end = writer.type.encode(data, scratch, HEADER_BYTES);
        }
      } catch (error) {
        throw misfit(type, version, writer.type, data, error);
      }
      writeHeader(scratch, writer.id);
      const value = Buffer.from(scratch.subarray(0, end));
      return unknownMembers === undefined ? { value } : { value, unknownMembers };
    },
    async decode(value, unknownMembers) {
      const { schemaId, body } = readHeader(value);
      let reader = readers.get(schemaId);
      if (reader === undefined) {
        const { schemaType, schema } = await source.schemaOf(schemaId);
        if (schemaType !== 'AVRO') throw unfit(`The schema ${schemaId} is ${schemaType}, not Avro.`);
        reader = readerOf(schemaId, schema, own);
        readers.set(schemaId, reader);
      }
      let data: unknown;
      try {
        data = reader.read(body);
      } catch (error) {
        throw unfit(`The value cannot be read by its schema ${schemaId}: ${messageOf(error)}`, '', error);
      }
      if (unknownMembers !== undefined) restoreMembers(data, unknownMembers);
      return { ...(reader.eventType === undefined ? {} : { type: reader.eventType }), schemaId, data };
    },
  };
}

/** The catalogue's types by the full name of their record. */
function ownTypes(): (
  name: string | undefined,
) => { readonly eventType: string; readonly type: avro.Type } | undefined {
  const schemas = new Map<string, { readonly eventType: string; readonly schema: AvroRecord }>(
    [...catalog.values()].map((definition) => {
      const schema = avroSchemaOf(definition);
      return [`${schema.namespace}.${schema.name}`, { eventType: definition.type, schema }] as const;
    }),
  );
  return (name) => {
    const found = name === undefined ? undefined : schemas.get(name);
    return found && { eventType: found.eventType, type: typeOf(found.schema) };
  };
}

/**
 * Reads by the writer's schema, so that fields which the catalogue does not know yet come along. Where the catalogue
 * has the type, its schema has to be able to read the writer's; then both give the same payload, as all that they may
 * differ in is optional.
 */
function readerOf(schemaId: number, schema: string, own: ReturnType<typeof ownTypes>): Reader {
  let writer: avro.Type;
  try {
    writer = avro.Type.forSchema(JSON.parse(schema) as avro.Schema, { omitRecordMethods: true });
  } catch (error) {
    throw unfit(`The schema ${schemaId} is not an Avro schema: ${messageOf(error)}`, '', error);
  }
  const known = own(writer.name);
  try {
    known?.type.createResolver(writer);
  } catch (error) {
    throw new EdgeError(
      'incompatible-schema',
      `The catalogue's ${known?.eventType} cannot read what schema ${schemaId} writes: ${messageOf(error)}`,
      { cause: error },
    );
  }
  const toPlain = plainOf(writer);
  return { eventType: known?.eventType, read: (body) => toPlain(writer.fromBuffer(body)) };
}

type Plain = (value: unknown) => unknown;

const same: Plain = (value) => value;

/** Turns what avsc reads into plain JSON: records lose the fields that are null, which payloads leave out. */
function plainOf(type: avro.Type): Plain {
  if (type instanceof avro.types.RecordType) {
    const fields = type.fields.map((field) => ({ name: field.name, plain: plainOf(field.type) }));
    return (value) => {
      const plain: Record<string, unknown> = {};
      for (const { name, plain: convert } of fields) {
        const member = (value as Record<string, unknown>)[name];
        if (member !== null) plain[name] = convert === same ? member : convert(member);
      }
      return plain;
    };
  }
  if (type instanceof avro.types.ArrayType) {
    const convert = plainOf(type.itemsType);
    return convert === same ? same : (value) => (value as unknown[]).map(convert);
  }
  if (type instanceof avro.types.MapType) {
    const convert = plainOf(type.valuesType as avro.Type);
    if (convert === same) return same;
    return (value) =>
      Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, convert(member)]));
  }
  if (type instanceof avro.types.UnwrappedUnionType) {
    const branches = type.types.filter(({ typeName }) => typeName !== 'null').map(plainOf);
    const [only = same] = branches;
    if (branches.every((branch) => branch === same)) return same;
    return branches.length === 1 ? (value) => (value === null ? null : only(value)) : same;
  }
  return same;
}

/** What of a payload does not fit, without its values: they may be personal. */
function misfit(type: string, version: number, avroType: avro.Type, data: unknown, cause: unknown): EdgeError {
  const violations: { pointer: string; code: string; detail: string }[] = [];
  avroType.isValid(data, {
    errorHook: (path, _value, expected) => {
      const name = expected.typeName.startsWith('union') ? 'another type' : expected.typeName;
      if (violations.length < 100)
        violations.push({ pointer: jsonPointer(path), code: 'avro', detail: `has to be ${name}` });
    },
  });
  return new EdgeError('contract-violation', `The payload cannot be written as ${type} version ${version} in Avro.`, {
    violations: violations.length > 0 ? violations : [{ pointer: '', code: 'avro', detail: messageOf(cause) }],
  });
}

function typeOf(schema: AvroRecord): avro.Type {
  // avsc keeps the names that it met in the options.
  return avro.Type.forSchema(schema as avro.Schema, { ...TYPE_OPTIONS });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
