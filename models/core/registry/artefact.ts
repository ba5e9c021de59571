import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { EdgeError } from '../../../src/core/errors.ts';

/** What a copy of an artefact is held against: from its card, or from `model.deployed`. */
export interface ArtefactIdentity {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Checks that a copy of an artefact is whole and the one that was meant.
 * @param version of the model, for the message
 * @throws {EdgeError} `artefact-truncated` where bytes are missing, `artefact-digest-mismatch` where it is another file
 */
export function verifyArtefact(content: Uint8Array, expected: ArtefactIdentity, version: string): void {
  if (content.length < expected.bytes) {
    throw new EdgeError(
      'artefact-truncated',
      `${version} has ${content.length} of ${expected.bytes} bytes. Fetch it again; the model before it stays.`,
    );
  }
  const digest = bytesToHex(sha256(content));
  if (content.length === expected.bytes && digest === expected.sha256) return;
  throw new EdgeError(
    'artefact-digest-mismatch',
    `${version} has the digest ${digest} (${content.length} bytes), not ${expected.sha256} (${expected.bytes} bytes). Fetch it again; the model before it stays.`,
  );
}
