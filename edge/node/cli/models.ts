import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { verifyArtefact } from '../../../models/core/registry/artefact.ts';
import { newSigningKey, signModel, verifyCard, verifySignature } from '../../../models/core/registry/signature.ts';
import { refuseIfThere, writeSecret } from './key-folder.ts';
import { readModelFolder, readPrivateKey, readTrustedKeys, SIGNATURE_FILE } from './model-folder.ts';
import { deploy, list, rollback } from './models-box.ts';
import { print, printResult } from './output.ts';

const folder = { type: 'positional', required: true, description: 'Folder with model.json and the artefact' } as const;

const keygen = defineCommand({
  meta: { name: 'keygen', description: 'Make an Ed25519 key to sign models with, and print what sites have to trust' },
  args: {
    key: { type: 'string', required: true, description: 'Where the private key is written' },
    keyId: { type: 'string', required: true, description: 'Name of the key, such as models-2026' },
  },
  async run({ args }) {
    refuseIfThere(args.key);
    const { publicKey, privateKey } = await newSigningKey();
    const secret = { keyId: args.keyId, privateKey: Buffer.from(privateKey).toString('base64') };
    writeSecret(args.key, `${JSON.stringify(secret, null, 2)}\n`);
    print(JSON.stringify({ [args.keyId]: Buffer.from(publicKey).toString('base64') }, null, 2));
  },
});

const sign = defineCommand({
  meta: { name: 'sign', description: 'Sign the artefact of a model that is whole' },
  args: {
    folder,
    key: { type: 'string', required: true, description: 'Private key of `dealeriq models keygen`' },
  },
  async run({ args }) {
    const { card, cardBytes, content } = readModelFolder(args.folder);
    verifyArtefact(content, card.artefact, card.version);
    const { keyId, privateKey } = readPrivateKey(args.key);
    const signature = await signModel(card.artefact.sha256, cardBytes, keyId, privateKey);
    const path = join(args.folder, SIGNATURE_FILE);
    writeFileSync(path, `${JSON.stringify(signature, null, 2)}\n`);
    print(`${card.version} is signed with ${keyId}: ${path}`);
  },
});

const verify = defineCommand({
  meta: { name: 'verify', description: "Check a model's card, size, digest and, with --trust, its signature" },
  args: {
    folder,
    trust: { type: 'string', description: 'File of public keys; without it the signature is not checked' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const { card, cardBytes, content, signature } = readModelFolder(args.folder);
    verifyArtefact(content, card.artefact, card.version);
    if (args.trust !== undefined) {
      const trusted = readTrustedKeys(args.trust);
      await verifySignature(card.artefact.sha256, signature, trusted, card.version);
      if (signature !== undefined) await verifyCard(cardBytes, signature, trusted, card.version);
    }
    const signedBy = args.trust === undefined ? undefined : signature?.keyId;
    printResult(args.json, { card, signedBy }, function* () {
      const { artefact } = card;
      yield `${card.version} (${card.task}, ${card.licence}) is whole: ${artefact.file}, ${artefact.bytes} bytes`;
      yield `  sha256    ${artefact.sha256}`;
      yield `  signature ${signedBy === undefined ? 'not checked; name the public keys with --trust' : `of ${signedBy}`}`;
      for (const [name, value] of Object.entries(card.metrics)) yield `  ${name.padEnd(9)} ${value}`;
    });
  },
});

export const models = defineCommand({
  meta: { name: 'models', description: 'The models of this box, and signing and checking the ones that sites take' },
  subCommands: { list, deploy, rollback, keygen, sign, verify },
});
