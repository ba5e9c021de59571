import { EdgeError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { Incoming } from '../runtime/receive.ts';
import { decodeText, parseJson } from './body.ts';

/**
 * The CloudEvents HTTP binding (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md):
 * structured, binary and batched mode.
 */

const STRUCTURED = /^application\/cloudevents\+json\b/i;
const BATCH = /^application\/cloudevents-batch\+json\b/i;

export interface GatewayRequest {
  readonly incoming: readonly Incoming[];
  readonly batch: boolean;
}

/**
 * Reads the events of a request. What cannot be told apart into events is the caller's error; what is an event and
 * breaks its contract is for the contract gate to find.
 * @throws {EdgeError} `invalid-request`, `unsupported-media-type`, `payload-too-large`.
 */
export function readEvents(headers: Headers, bytes: Uint8Array): GatewayRequest {
  const contentType = headers.get('content-type') ?? '';
  if (BATCH.test(contentType)) {
    const text = decodeText(bytes);
    const values = parseJson(text);
    if (!Array.isArray(values)) throw new EdgeError('invalid-request', 'A batch is a JSON array of events.');
    if (values.length > limits.gatewayBatch) {
      throw new EdgeError('payload-too-large', `A batch holds at most ${limits.gatewayBatch} events; send several.`);
    }
    const slices = elementSlices(text);
    return {
      batch: true,
      incoming: values.map((value, index) => structured(value, encode(slices[index] ?? ''), contentType)),
    };
  }
  if (STRUCTURED.test(contentType)) {
    return { batch: false, incoming: [structured(parseJson(decodeText(bytes)), bytes, contentType)] };
  }
  if (headers.get('ce-specversion') !== null) return { batch: false, incoming: [binary(headers, bytes, contentType)] };
  throw new EdgeError(
    'unsupported-media-type',
    'Send CloudEvents: application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce-* headers.',
  );
}

function structured(value: unknown, bytes: Uint8Array, contentType: string): Incoming {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const { data, ...attributes } = (isObject ? value : {}) as Record<string, unknown>;
  return { attributes, data, raw: { bytes, contentType, headers: {}, gate: 'gateway' } };
}

function binary(headers: Headers, bytes: Uint8Array, contentType: string): Incoming {
  const attributes: Record<string, unknown> = { datacontenttype: contentType };
  const kept: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (!name.startsWith('ce-')) return;
    kept[name] = value;
    attributes[name.slice('ce-'.length)] = percentDecode(value);
  });
  return { attributes, data: tryJson(bytes), raw: { bytes, contentType, headers: kept, gate: 'gateway' } };
}

/** Data that is not JSON fits no schema; the contract gate says so and keeps the bytes. */
function tryJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(decodeText(bytes));
  } catch {
    return undefined;
  }
}

/**
 * Header values are percent-encoded by the binding; a value that is not is taken as it is. So is one that hides a NUL:
 * a text of the database ends there, and two ids would be one.
 */
function percentDecode(value: string): string {
  try {
    const decoded = decodeURIComponent(value);
    return decoded.includes('\0') ? value : decoded;
  } catch {
    return value;
  }
}

/** The text of each element of a JSON array that has been parsed already, so that each can be kept byte for byte. */
export function elementSlices(array: string): string[] {
  const slices: string[] = [];
  let depth = 0;
  let inString = false;
  let start = -1;
  for (let index = 0; index < array.length; index += 1) {
    const char = array[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
      continue;
    }
    if (depth === 1 && (char === ',' || char === ']')) {
      const slice = array.slice(start, index).trim();
      if (slice !== '') slices.push(slice);
      start = index + 1;
    }
    if (char === '"') inString = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return slices;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
