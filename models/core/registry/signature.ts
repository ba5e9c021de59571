import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { EdgeError } from '../../../src/core/errors.ts';

/** As in `model.deployed`: base64 over the 32 bytes of the artefact's SHA-256. */
export interface ArtefactSignature {
  readonly algorithm: string;
  readonly keyId: string;
  readonly value: string;
}

/** What lies beside a card: over the artefact, and over the card, which names the digests of all other files. */
export interface ModelSignature extends ArtefactSignature {
  /** Base64 over the 32 bytes of the card's SHA-256, of the same key. */
  readonly card?: string | undefined;
}

/** Public Ed25519 keys (32 bytes) of those who may deploy models here, by key id. */
export type TrustedKeys = ReadonlyMap<string, Uint8Array>;

/** The form of a private key that Web Crypto takes (RFC 8410). */
const PRIVATE_KEY_FORMAT = 'pkcs8';
const ED25519 = 'Ed25519';

/**
 * Checks an artefact's Ed25519 signature (RFC 8032) with Web Crypto, which is the same in Node, browsers and workerd.
 * @param digest SHA-256 of the artefact in lower-case hexadecimal
 * @throws {EdgeError} `artefact-signature-invalid` where it is missing, of a key that is not trusted, or wrong
 */
export async function verifySignature(
  digest: string,
  signature: ArtefactSignature | undefined,
  trusted: TrustedKeys,
  version: string,
): Promise<void> {
  const refuse = (why: string) =>
    new EdgeError('artefact-signature-invalid', `${version} is not taken: ${why} The model before it stays.`);
  if (signature === undefined) throw refuse('it is not signed. Sign it and deploy it again.');
  if (signature.algorithm !== ED25519) throw refuse(`its signature is ${signature.algorithm}, not ${ED25519}.`);
  const key = trusted.get(signature.keyId);
  if (key === undefined) {
    const known = [...trusted.keys()].join(', ') || 'none';
    throw refuse(`no key ${signature.keyId} is trusted here (${known}). Add the public key or sign with a known one.`);
  }
  const bytes = base64Bytes(signature.value);
  const publicKey = await crypto.subtle.importKey('raw', Uint8Array.from(key), ED25519, false, ['verify']);
  const holds =
    bytes !== undefined && (await crypto.subtle.verify(ED25519, publicKey, bytes, Uint8Array.from(hexToBytes(digest))));
  if (!holds) throw refuse(`the signature of key ${signature.keyId} does not belong to this file.`);
}

/**
 * Checks that a card is the one that was signed with the artefact: it says which further files belong to the model.
 * @param card the bytes of `model.json`
 * @throws {EdgeError} `artefact-signature-invalid`
 */
export async function verifyCard(
  card: Uint8Array,
  signature: ModelSignature,
  trusted: TrustedKeys,
  version: string,
): Promise<void> {
  const { algorithm, keyId, card: value } = signature;
  const signed = value === undefined ? undefined : { algorithm, keyId, value };
  await verifySignature(bytesToHex(sha256(card)), signed, trusted, `The card of ${version}`);
}

/** Signs the artefact of a model together with its card. */
export async function signModel(
  digest: string,
  card: Uint8Array,
  keyId: string,
  privateKey: Uint8Array,
): Promise<ModelSignature> {
  const ofCard = await signArtefact(bytesToHex(sha256(card)), keyId, privateKey);
  return { ...(await signArtefact(digest, keyId, privateKey)), card: ofCard.value };
}

/**
 * Signs an artefact.
 * @param digest SHA-256 of the artefact in lower-case hexadecimal
 * @param privateKey Ed25519, PKCS #8 (RFC 8410)
 */
export async function signArtefact(digest: string, keyId: string, privateKey: Uint8Array): Promise<ArtefactSignature> {
  const key = await crypto.subtle.importKey(PRIVATE_KEY_FORMAT, Uint8Array.from(privateKey), ED25519, false, ['sign']);
  const value = new Uint8Array(await crypto.subtle.sign(ED25519, key, Uint8Array.from(hexToBytes(digest))));
  return { algorithm: ED25519, keyId, value: btoa(String.fromCharCode(...value)) };
}

/** A new Ed25519 key pair: the public key raw (32 bytes), the private key as PKCS #8. */
export async function newSigningKey(): Promise<{ readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }> {
  const pair = await crypto.subtle.generateKey(ED25519, true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new EdgeError('internal', 'The platform made no Ed25519 key pair.');
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    privateKey: new Uint8Array(await crypto.subtle.exportKey(PRIVATE_KEY_FORMAT, pair.privateKey)),
  };
}

function base64Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
