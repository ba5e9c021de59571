import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ModelCard, readCard } from '../../../models/core/registry/card.ts';
import type { ModelSignature, TrustedKeys } from '../../../models/core/registry/signature.ts';
import { EdgeError } from '../../../src/core/errors.ts';

export const CARD_FILE = 'model.json';
/** The signature lies beside the card, so that signing does not change the card. */
export const SIGNATURE_FILE = 'model.signature.json';

const signatureFile = z.object({
  algorithm: z.string(),
  keyId: z.string(),
  value: z.string(),
  card: z.string().optional(),
});
const base64 = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));
const trustedFile = z.record(
  z.string(),
  base64.refine((key) => key.length === 32, 'a public Ed25519 key has 32 bytes'),
);
const keyFile = z.object({ keyId: z.string(), privateKey: base64 });

/** A model as it lies in a folder. */
export interface ModelFolder {
  readonly card: ModelCard;
  /** `model.json` as it lies there. */
  readonly cardBytes: Uint8Array;
  readonly content: Uint8Array;
  readonly signature: ModelSignature | undefined;
}

/**
 * The card of a model alone: the artefact is large, and who asks what lies there needs none of it.
 * @throws {EdgeError} `not-found` where it is missing, `model-card-invalid`
 */
export function readModelCard(folder: string): { readonly card: ModelCard; readonly cardBytes: Uint8Array } {
  const path = join(folder, CARD_FILE);
  const cardBytes = readFile(path, 'Name a folder that holds a model.');
  return { card: readCard(cardBytes.toString('utf8'), path), cardBytes };
}

/**
 * Reads a model's card, artefact and signature.
 * @throws {EdgeError} `not-found` where card or artefact is missing, `model-card-invalid`, `artefact-signature-invalid`
 * where the signature's file cannot be read
 */
export function readModelFolder(folder: string): ModelFolder {
  const { card, cardBytes } = readModelCard(folder);
  const content = readFile(join(folder, card.artefact.file), `The card in ${folder} names it: fetch the model again.`);
  const signaturePath = join(folder, SIGNATURE_FILE);
  const text = readIfThere(signaturePath);
  const signature = text === undefined ? undefined : parseSignature(text, signaturePath);
  return { card, cardBytes, content, signature };
}

/** @throws {EdgeError} `artefact-signature-invalid` where the text is no signature */
export function parseSignature(text: string, where: string): ModelSignature {
  const signature = parseJson(signatureFile, text);
  if (signature !== undefined) return signature;
  throw new EdgeError('artefact-signature-invalid', `${where} is no signature. Sign the model again.`);
}

/** @throws {EdgeError} `invalid-config` where the file is not `{"key id": "base64 of a public key"}` */
export function readTrustedKeys(path: string): TrustedKeys {
  const keys = parseJson(trustedFile, readFile(path, 'Make one with `dealeriq models keygen`.').toString('utf8'));
  if (keys === undefined) {
    throw new EdgeError(
      'invalid-config',
      `${path} holds no public keys: it is JSON of the form {"models-2026": "<32 bytes in base64>"}.`,
    );
  }
  return new Map(Object.entries(keys));
}

/** @throws {EdgeError} `invalid-config` where the file is no private key of `dealeriq models keygen` */
export function readPrivateKey(path: string): { readonly keyId: string; readonly privateKey: Uint8Array } {
  const key = parseJson(keyFile, readFile(path, 'Make one with `dealeriq models keygen`.').toString('utf8'));
  if (key !== undefined) return key;
  throw new EdgeError('invalid-config', `${path} holds no private key. Make one with \`dealeriq models keygen\`.`);
}

function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function readFile(path: string, advice: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new EdgeError('not-found', `${path} cannot be read. ${advice}`, { cause: error });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
