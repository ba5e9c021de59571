import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { EdgeError } from '../../../src/core/errors.ts';
import { verifyArtefact } from './artefact.ts';
import { type ModelCard, readCard } from './card.ts';
import { newSigningKey, signArtefact, verifySignature } from './signature.ts';

const content = Uint8Array.from({ length: 4096 }, (_, at) => (at * 31) % 251);
const digest = bytesToHex(sha256(content));
const card: ModelCard = {
  task: 'embedding',
  version: 'embedding-1.0.0',
  artefact: { file: 'encoder.onnx', format: 'onnx', bytes: content.length, sha256: digest },
  inputs: [{ name: 'input_ids', type: 'int64', shape: [-1, -1] }],
  outputs: [{ name: 'embedding', type: 'float32', shape: [-1, 384] }],
  dimension: 384,
  trainingData: [{ name: 'product texts', licence: 'CC BY 4.0' }],
  metrics: { stsSpearman: 0.81 },
  licence: 'Apache-2.0',
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof EdgeError) return error.code;
    throw error;
  }
  return 'accepted';
}

const codeOfPromise = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof EdgeError ? error.code : String(error)),
  );

describe('a model card', () => {
  it('is read as it was written', () => {
    expect(readCard(JSON.stringify(card), 'model.json')).toEqual(card);
  });

  it('is refused when it is no JSON', () => {
    expect(codeOf(() => readCard('{', 'model.json'))).toBe('model-card-invalid');
  });

  it('names the place of what is wrong', () => {
    const wrong = { ...card, artefact: { ...card.artefact, sha256: 'abc' } };
    expect(() => readCard(JSON.stringify(wrong), 'model.json')).toThrow('/artefact/sha256');
  });

  it('points at no file outside its folder', () => {
    const wrong = { ...card, artefact: { ...card.artefact, file: '../encoder.onnx' } };
    expect(codeOf(() => readCard(JSON.stringify(wrong), 'model.json'))).toBe('model-card-invalid');
  });
});

describe('a model file', () => {
  it('is taken when its size and digest are those of the card', () => {
    expect(codeOf(() => verifyArtefact(content, card.artefact, card.version))).toBe('accepted');
  });

  it('is refused as truncated when bytes are missing', () => {
    expect(codeOf(() => verifyArtefact(content.subarray(0, 4000), card.artefact, card.version))).toBe(
      'artefact-truncated',
    );
  });

  it('is refused when one byte differs, or one was added', () => {
    const changed = content.slice();
    changed[17] = (changed[17] ?? 0) ^ 1;
    const longer = new Uint8Array([...content, 0]);
    for (const file of [changed, longer]) {
      expect(codeOf(() => verifyArtefact(file, card.artefact, card.version))).toBe('artefact-digest-mismatch');
    }
  });
});

describe('a signature of a model', () => {
  it('holds for the file that was signed, and for no other', async () => {
    const { publicKey, privateKey } = await newSigningKey();
    const trusted = new Map([['models-2026', publicKey]]);
    const signature = await signArtefact(digest, 'models-2026', privateKey);
    expect(await codeOfPromise(verifySignature(digest, signature, trusted, card.version))).toBe('accepted');
    const other = bytesToHex(sha256(content.subarray(1)));
    expect(await codeOfPromise(verifySignature(other, signature, trusted, card.version))).toBe(
      'artefact-signature-invalid',
    );
  });

  it('is refused when it is missing, of an unknown or another key, of another kind, or unreadable', async () => {
    const { publicKey, privateKey } = await newSigningKey();
    const stranger = await newSigningKey();
    const trusted = new Map([['models-2026', publicKey]]);
    const signature = await signArtefact(digest, 'models-2026', privateKey);
    const refused = [
      undefined,
      { ...signature, keyId: 'models-2025' },
      await signArtefact(digest, 'models-2026', stranger.privateKey),
      { ...signature, algorithm: 'RS256' },
      { ...signature, value: '***' },
      { ...signature, value: '' },
    ];
    for (const one of refused) {
      expect(await codeOfPromise(verifySignature(digest, one, trusted, card.version))).toBe(
        'artefact-signature-invalid',
      );
    }
  });
});
