import { EdgeError } from '../../../src/core/errors.ts';

/**
 * The Confluent wire format
 * (https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format):
 * a zero byte, the schema's id as a 32-bit integer, most significant byte first, then the body.
 */
export const HEADER_BYTES = 5;

/** Writes the zero byte and the id in front of a body. */
export function writeHeader(into: Uint8Array, schemaId: number): void {
  into[0] = 0;
  into[1] = schemaId >>> 24;
  into[2] = schemaId >>> 16;
  into[3] = schemaId >>> 8;
  into[4] = schemaId;
}

/** The id and the body. @throws {EdgeError} `contract-violation` for bytes in another format. */
export function readHeader(value: Uint8Array): { readonly schemaId: number; readonly body: Buffer } {
  if (value.length < HEADER_BYTES || value[0] !== 0) {
    throw new EdgeError(
      'contract-violation',
      `A value of ${value.length} bytes is not in the wire format of a schema registry: a zero byte and a schema id come first.`,
    );
  }
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { schemaId: buffer.readUInt32BE(1), body: buffer.subarray(HEADER_BYTES) };
}
