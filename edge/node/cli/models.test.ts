import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/support/cli-process.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const models = (...args: string[]) => runCli(['models', ...args], { cwd: folder.path });
const artefact = join(folder.path, 'encoder', 'encoder.onnx');
const content = Buffer.from('the weights of a model');

beforeAll(async () => {
  mkdirSync(join(folder.path, 'encoder'));
  writeFileSync(artefact, content);
  const card = {
    task: 'embedding',
    version: 'embedding-1.0.0',
    artefact: {
      file: 'encoder.onnx',
      format: 'onnx',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    },
    inputs: [{ name: 'input_ids', type: 'int64', shape: [1, -1] }],
    outputs: [{ name: 'embedding', type: 'float32', shape: [1, 384] }],
    dimension: 384,
    trainingData: [{ name: 'product texts', licence: 'CC BY 4.0' }],
    metrics: { stsSpearman: 0.81 },
    licence: 'Apache-2.0',
  };
  writeFileSync(join(folder.path, 'encoder', 'model.json'), JSON.stringify(card));
  const { stdout } = await models('keygen', '--key', 'private.json', '--key-id', 'models-2026');
  writeFileSync(join(folder.path, 'trusted.json'), stdout);
});

describe('dealeriq models', () => {
  it('keeps the private key to its owner and replaces none', async () => {
    expect(statSync(join(folder.path, 'private.json')).mode & 0o777).toBe(0o600);
    const again = await models('keygen', '--key', 'private.json', '--key-id', 'models-2026');
    expect(again).toMatchObject({ status: 1 });
    expect(again.stderr).toContain('(conflict)');
  });

  it('refuses a model that nobody signed, and takes it once it is signed', async () => {
    const before = await models('verify', 'encoder', '--trust', 'trusted.json');
    expect(before.stderr).toContain('(artefact-signature-invalid)');
    expect((await models('sign', 'encoder', '--key', 'private.json')).stdout).toContain('is signed with models-2026');
    const { status, stdout } = await models('verify', 'encoder', '--trust', 'trusted.json', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ signedBy: 'models-2026', card: { version: 'embedding-1.0.0' } });
  });

  it('refuses a signature of another key with the same name', async () => {
    const { stdout } = await models('keygen', '--key', 'stranger.json', '--key-id', 'models-2026');
    writeFileSync(join(folder.path, 'others.json'), stdout);
    const { status, stderr } = await models('verify', 'encoder', '--trust', 'others.json');
    expect(status).toBe(1);
    expect(stderr).toContain('does not belong to this file');
  });

  it('tells a file cut short from one that was changed, and signs neither', async () => {
    writeFileSync(artefact, content.subarray(3));
    expect((await models('verify', 'encoder')).stderr).toContain('(artefact-truncated)');
    writeFileSync(artefact, `${String(content).slice(0, -1)}L`);
    expect((await models('verify', 'encoder')).stderr).toContain('(artefact-digest-mismatch)');
    expect((await models('sign', 'encoder', '--key', 'private.json')).stderr).toContain('(artefact-digest-mismatch)');
    writeFileSync(artefact, content);
    expect((await models('verify', 'encoder')).stdout).toContain('is whole');
  });

  it('says what to do about files that are missing or are something else', async () => {
    expect((await models('verify', 'nowhere')).stderr).toContain('Name a folder that holds a model');
    const wrong = await models('verify', 'encoder', '--trust', 'private.json');
    expect(wrong).toMatchObject({ status: 2 });
    expect(wrong.stderr).toContain('holds no public keys');
    writeFileSync(join(folder.path, 'no.json'), readFileSync(join(folder.path, 'trusted.json')));
    expect((await models('sign', 'encoder', '--key', 'no.json')).stderr).toContain('holds no private key');
  });
});
