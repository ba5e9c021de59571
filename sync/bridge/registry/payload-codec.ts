import { EdgeError } from '../../../src/core/errors.ts';
import type { SchemaFormat } from './subjects.ts';

/** A payload as the value of a Kafka record. */
export interface EncodedPayload {
  readonly value: Uint8Array;
  /**
   * Members that the schema does not know, as a JSON object of JSON Pointers (RFC 6901) and values: a later minor
   * version added them. They go along in the header `dealeriq_unknown_members`, so that nothing is dropped.
   */
  readonly unknownMembers?: string;
}

/** A payload out of the value of a Kafka record. */
export interface DecodedPayload {
  /** The event type that the schema describes; absent when the catalogue has no schema of that name. */
  readonly type?: string;
  readonly schemaId: number;
  readonly data: unknown;
}

/** The Kafka header that carries what the schema of the value does not know. */
export const UNKNOWN_MEMBERS_HEADER = 'dealeriq_unknown_members';

/** Turns payloads into record values and back. */
export interface PayloadCodec {
  readonly format: SchemaFormat;
  /**
   * Writes a payload in the shape of a version: the catalogue's current one, or a newer one that was learned.
   * @throws {EdgeError} `contract-violation` when the payload does not fit (`violations`) or the version is not known;
   * `registry-unavailable` while the id of the schema is known neither here nor from the cache.
   */
  encode(type: string, version: number, data: unknown): EncodedPayload;
  /**
   * Reads a value by the schema that it was written with, and puts back the members that came along in the header.
   * @throws {EdgeError} `contract-violation` for bytes that cannot be read; `incompatible-schema` when the catalogue's
   * schema cannot read what the writer's wrote; `registry-unavailable` when the writer's schema cannot be had now.
   */
  decode(value: Uint8Array, unknownMembers?: string): Promise<DecodedPayload>;
  /** Whether `encode` takes this version without learning. */
  knows(type: string, version: number): boolean;
  /**
   * Looks in the registry for the schema of a version that the catalogue lacks, so that events of a dealer who was
   * updated first pass. @returns whether it was found. @throws {EdgeError} `registry-unavailable`
   */
  learn(type: string, version: number): Promise<boolean>;
}

/** Refuses a value or payload that cannot be carried. */
export function unfit(detail: string, pointer = '', cause?: unknown): EdgeError {
  return new EdgeError('contract-violation', detail, { violations: [{ pointer, code: 'encoding', detail }], cause });
}
