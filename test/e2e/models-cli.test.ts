import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundledEncoder } from '../../edge/node/cli/encoder-folder.ts';
import type { ListedModel } from '../../src/runtime/models.ts';
import { runCli } from '../support/cli-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Box } from './support/box.ts';

const VERSION = 'encoder-9.0.0';

describe('models of a running box on the command line', { timeout: 120_000 }, () => {
  const desk = temporaryFolder();
  const trust = join(desk.path, 'trusted.json');
  const encoder = join(desk.path, 'encoder');
  let box: Box;

  const models = (...args: string[]) => runCli(['models', ...args], { cwd: desk.path, env: { DATA_DIR: box.folder } });
  const listed = async () => {
    const { stdout } = await models('list', '--json');
    return (JSON.parse(stdout) as ListedModel[]).find(({ version }) => version === VERSION);
  };
  const deployNow = async () => {
    await box.post('/v1/pipelines/deploy-models/run', {});
    await vi.waitUntil(async () => (await listed())?.pending === false, { timeout: 60_000, interval: 500 });
  };

  beforeAll(async () => {
    box = await Box.start({ env: { MODELS_TRUST: trust } });
    cpSync(bundledEncoder(), encoder, { recursive: true });
    const card = join(encoder, 'model.json');
    writeFileSync(card, readFileSync(card, 'utf8').replace(/"version": "[^"]+"/, `"version": "${VERSION}"`));
    const { stdout } = await models('keygen', '--key', 'private.json', '--key-id', 'models-2026');
    writeFileSync(trust, stdout);
  }, 90_000);
  afterAll(async () => {
    await box?.remove();
    desk.remove();
  });

  test('one that nobody signed is not even asked for', async () => {
    const { status, stderr } = await models('deploy', encoder);
    expect(status).toBe(1);
    expect(stderr).toContain('is not signed');
  });

  test('a signed one is deployed, serves, and is rolled back', async () => {
    expect((await models('sign', encoder, '--key', 'private.json')).status).toBe(0);
    const asked = await models('deploy', encoder);
    expect(asked.stderr).toBe('');
    expect(asked.stdout).toContain(`${VERSION} is asked for`);
    await deployNow();
    expect(await listed()).toMatchObject({ stage: 'live', serving: true, shadow: { requests: 200, agreement: 1 } });
    const back = await models('rollback', 'embedding');
    expect(back.stdout).toBe(`${VERSION} serves no more; the model that came with the program does.\n`);
    expect(await listed()).toMatchObject({ stage: 'rolled-back', serving: false, pending: false });
    expect((await models('rollback', 'embedding')).stderr).toContain('No deployed embedding model serves here');
  });

  test('a deployment is printed as an event for Kafka, with the address that boxes can reach', async () => {
    const { stdout } = await models('deploy', encoder, '--url', 'https://models.example/encoder', '--event');
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'model.deployed',
      data: { stage: 'live', artefact: { url: 'https://models.example/encoder/model.onnx' } },
    });
    expect((await models('deploy', encoder, '--event')).stderr).toContain('needs --url');
  });
});
