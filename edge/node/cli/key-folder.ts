import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EdgeError } from '../../../src/core/errors.ts';
import type { Keyring } from '../../../sync/jetstream/credentials.ts';

const account = z.object({
  seed: z.string(),
  users: z.array(
    z.object({ key: z.string(), holder: z.string(), issuedMs: z.number(), revokedMs: z.number().optional() }),
  ),
});

const keyring = z.object({
  version: z.literal(1),
  operatorSeed: z.string(),
  operatorJwt: z.string(),
  system: account,
  hub: account,
  dealers: z.record(z.string(), account),
});

/** The keys of a hub in a folder: one file that only its owner can read. */
export function keyringPath(folder: string): string {
  return join(folder, 'keyring.json');
}

/**
 * @throws {EdgeError} `invalid-config` when there are no keys, others can read them, or they cannot be understood.
 */
export function readKeyring(folder: string): Keyring {
  const path = keyringPath(folder);
  if (!existsSync(path)) {
    throw new EdgeError(
      'invalid-config',
      `There are no keys at ${path}. Check --keys, or make keys for a new hub with \`dealeriq topics keys --keys ${folder}\`.`,
    );
  }
  try {
    return keyring.parse(JSON.parse(readFileSync(path, 'utf8'))) as Keyring;
  } catch (error) {
    throw new EdgeError('invalid-config', `${path} is no keyring. Restore it from a backup.`, { cause: error });
  }
}

/** Writes the keys: all or nothing, so that a full disk never leaves half a keyring. */
export function writeKeyring(folder: string, value: Keyring): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeSecret(`${keyringPath(folder)}.next`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${keyringPath(folder)}.next`, keyringPath(folder));
}

/** Writes a file that only its owner can read. */
export function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  // The mode of a file that was there before stays otherwise.
  chmodSync(path, 0o600);
}

/** @throws {EdgeError} `conflict` when a file would be overwritten. */
export function refuseIfThere(path: string): void {
  if (!existsSync(path)) return;
  throw new EdgeError('conflict', `${path} exists. Choose another file, or move it away.`);
}
