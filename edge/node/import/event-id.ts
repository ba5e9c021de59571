import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/runtime/digest.ts';

/**
 * An id that follows from what it names (UUID version 8, RFC 9562, from SHA-256): the same facts imported again get
 * the same ids, so the log finds that it has them.
 */
export function idOf(...parts: readonly unknown[]): string {
  const bytes = createHash('sha256').update(canonicalJson(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
