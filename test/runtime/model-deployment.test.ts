import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InferenceWorker } from '../../edge/node/advice/inference-worker.ts';
import { bundledEncoder } from '../../edge/node/cli/encoder-folder.ts';
import { openEncoders } from '../../edge/node/models/encoders.ts';
import type { ModelCard } from '../../models/core/registry/card.ts';
import { newSigningKey, signModel } from '../../models/core/registry/signature.ts';
import type { PipelineContext } from '../../src/pipelines/pipeline.ts';
import { listModels, liveVersion, rollBackModel } from '../../src/runtime/models.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { product } from '../support/facts.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of the cab, the engine, the yard: words that a model has to know to tell one from the other. */
const THINGS = [
  ['Operator seat', 'Padded chair for the driver, with armrests and a belt'],
  ['LED work light', 'Floodlight for the cab roof that lights up the field at night'],
  ['Hydraulic hose', 'Two-wire braided tube that carries oil under pressure'],
  ['Fuel filter', 'Keeps dirt and water out of the diesel before it reaches the injectors'],
  ['Battery', 'Twelve volt accumulator that starts the engine in winter'],
  ['Mirror', 'Glass to see what is behind the tractor while reversing'],
  ['Tyre', 'Rubber for the rear wheel with deep tread for mud'],
  ['Rain jacket', 'Waterproof clothing for work outside'],
  ['Grease', 'Lubricant for bearings and joints'],
  ['Fire extinguisher', 'Puts out flames in the cab'],
  ['Radiator', 'Cools the water of the engine'],
  ['Milk pump', 'Moves milk from the cow to the tank'],
] as const;

const site = temporaryFolder();
const versions = join(site.path, 'versions');
const trustFile = join(site.path, 'trusted.json');
let server: Server;
let base: string;
let key: Awaited<ReturnType<typeof newSigningKey>>;
let stranger: typeof key;
const worker = new InferenceWorker();
let box: EdgeBox;
let nextId = 0;

beforeAll(async () => {
  key = await newSigningKey();
  stranger = await newSigningKey();
  writeFileSync(trustFile, JSON.stringify({ centre: Buffer.from(key.publicKey).toString('base64') }));
  server = createServer((request, response) => {
    const path = join(versions, decodeURIComponent(request.url ?? ''));
    if (!existsSync(path)) response.writeHead(404).end();
    else response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await worker.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  site.remove();
});
beforeEach(async () => {
  box = await openShop({});
  for (const [at, [name, description]] of THINGS.entries()) {
    await box.receive('product.updated', product(`P-${at}`, { name, description, category: ['Parts'] }));
  }
});
afterEach(() => box.dispose());

interface Published {
  readonly privateKey?: Uint8Array;
  /** Changes the artefact before it is signed: another model. */
  readonly change?: (model: Buffer) => void;
}

/** The encoder that ships, published under another version. */
async function publish(version: string, { privateKey = key.privateKey, change }: Published = {}) {
  const folder = join(versions, version);
  rmSync(folder, { recursive: true, force: true });
  cpSync(bundledEncoder(), folder, { recursive: true });
  const card = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelCard;
  const model = readFileSync(join(folder, card.artefact.file));
  change?.(model);
  writeFileSync(join(folder, card.artefact.file), model);
  const sha256 = createHash('sha256').update(model).digest('hex');
  const text = JSON.stringify({ ...card, version, artefact: { ...card.artefact, sha256 } });
  writeFileSync(join(folder, 'model.json'), text);
  const signature = await signModel(sha256, new TextEncoder().encode(text), 'centre', privateKey);
  writeFileSync(join(folder, 'model.signature.json'), JSON.stringify(signature));
  const { algorithm, keyId, value } = signature;
  const { file, format, bytes } = card.artefact;
  const artefact = {
    url: `${base}/${version}/${file}`,
    format,
    bytes,
    sha256,
    signature: { algorithm, keyId, value },
  };
  return { version, folder, artefact, file: join(folder, file) };
}

const ask = async ({ version, artefact }: Awaited<ReturnType<typeof publish>>, stage: 'live' | 'shadow' = 'live') => {
  nextId += 1;
  await box.receive('model.deployed', {
    deploymentId: `DEP-${nextId}`,
    model: { task: 'embedding', version, sha256: artefact.sha256 },
    stage,
    artefact,
    deployedAt: new Date().toISOString(),
  });
};

function open() {
  const failures: unknown[] = [];
  const encoders = openEncoders({
    runtime: box.runtime,
    dataDir: box.folder,
    shippedFolder: bundledEncoder(),
    trustFile,
    worker,
    recentQueries: () => ['something to sit on', 'it is dark'],
    report: (error) => failures.push(error),
  });
  const context = {
    ports: box.runtime.ports,
    store: box.store,
    publish: async (facts: PipelineContext extends { publish(facts: infer F): unknown } ? F : never) => {
      await box.runtime.execute('publish-facts', { facts });
    },
  } as unknown as PipelineContext;
  return { encoders, failures, deploy: () => encoders.pipeline.run(context) };
}
const stateOf = async (version: string) => {
  const models = await listModels(box.runtime, [{ task: 'embedding', version: 'shipped-1' }]);
  return models.find((one) => one.version === version);
};
const files = () => {
  const folder = join(box.folder, 'models', 'embedding');
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('a model that the centre deploys', { timeout: 60_000 }, () => {
  test('is fetched, verified, tried beside the live one, and serves; the centre is told', async () => {
    const one = await publish('encoder-2.0.0');
    const { encoders, deploy } = open();
    expect((await encoders.current()).model.version).not.toBe('encoder-2.0.0');
    await ask(one);
    expect(await stateOf('encoder-2.0.0')).toMatchObject({ stage: 'candidate', pending: true, serving: false });
    expect(await deploy()).toEqual({ processed: 1, published: 1 });
    expect(await stateOf('encoder-2.0.0')).toMatchObject({ stage: 'live', pending: false, serving: true });
    expect(await stateOf('encoder-2.0.0')).toMatchObject({ shadow: { requests: 14, agreement: 1 } });
    expect((await encoders.current()).model).toMatchObject({ version: one.version, sha256: one.artefact.sha256 });
    expect(files()).toEqual(['encoder-2.0.0']);
    const [told] = await box.rows(
      "SELECT data FROM events WHERE type = 'model.deployed' AND lane IS NOT NULL ORDER BY position DESC LIMIT 1",
    );
    expect(JSON.parse(String(told?.data))).toMatchObject({ stage: 'live', deviceId: 'B1' });
    // Nothing is left to do.
    expect(await deploy()).toEqual({ processed: 0, published: 0 });
  });

  test('is only tried where the centre asked for no more', async () => {
    const one = await publish('encoder-2.0.1');
    const { encoders, deploy } = open();
    await ask(one, 'shadow');
    await deploy();
    expect(await stateOf(one.version)).toMatchObject({ stage: 'shadow', serving: false });
    expect((await encoders.current()).model.version).not.toBe(one.version);
  });

  test('is refused with a signature of a stranger, of another file, or with a changed card; the live one stays', async () => {
    const { encoders, deploy } = open();
    const before = (await encoders.current()).model.version;
    const forged = await publish('encoder-3.0.0', { privateKey: stranger.privateKey });
    await ask(forged);
    const swapped = await publish('encoder-3.0.1');
    await ask({ ...swapped, artefact: { ...swapped.artefact, signature: forged.artefact.signature } });
    const changed = await publish('encoder-3.0.2');
    const card = join(changed.folder, 'model.json');
    writeFileSync(card, readFileSync(card, 'utf8').replace('"licence"', '"licence" '));
    await ask(changed);
    await deploy();
    for (const { version } of [forged, swapped, changed]) {
      expect(await stateOf(version)).toMatchObject({ stage: 'rolled-back', serving: false });
      expect((await stateOf(version))?.reason).toContain('Nobody trusted signed the model');
    }
    expect((await encoders.current()).model.version).toBe(before);
    expect(files()).toEqual([]);
  });

  test('is refused when the file is cut short, is another one, or is no model', async () => {
    const { deploy } = open();
    const short = await publish('encoder-4.0.0');
    writeFileSync(short.file, readFileSync(short.file).subarray(0, 100_000));
    await ask(short);
    const other = await publish('encoder-4.0.1');
    const bytes = readFileSync(other.file);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    writeFileSync(other.file, bytes);
    await ask(other);
    const broken = await publish('encoder-4.0.2', { change: (model) => model.fill(7, 0, 4096) });
    await ask(broken);
    await deploy();
    expect((await stateOf(short.version))?.reason).toContain('The model file is not whole');
    expect((await stateOf(other.version))?.reason).toContain('The model file is another one');
    expect((await stateOf(broken.version))?.reason).toContain('cannot be opened');
    expect(await liveVersion(box.runtime, 'embedding')).toBeUndefined();
  });

  test('is tried again while it cannot be fetched', async () => {
    const one = await publish('encoder-5.0.0');
    const { deploy } = open();
    await ask(one);
    const aside = `${one.folder}-aside`;
    cpSync(one.folder, aside, { recursive: true });
    rmSync(one.folder, { recursive: true });
    await expect(deploy()).rejects.toThrow('It is tried again');
    expect(await stateOf(one.version)).toMatchObject({ stage: 'candidate', pending: true });
    cpSync(aside, one.folder, { recursive: true });
    await deploy();
    expect(await stateOf(one.version)).toMatchObject({ stage: 'live', serving: true });
  });

  test('is not taken when it finds less than the live one', async () => {
    const { encoders, deploy } = open();
    const before = (await encoders.current()).model.version;
    const worse = await publish('encoder-6.0.0', { change: scramble });
    await ask(worse);
    await deploy();
    expect(await stateOf(worse.version)).toMatchObject({ stage: 'rolled-back', serving: false });
    expect((await stateOf(worse.version))?.reason).toContain('Its mean loss is');
    expect((await encoders.current()).model.version).toBe(before);
  });

  test('gives way to the one before it when it is rolled back, once and for all', async () => {
    const { encoders, deploy } = open();
    const first = await publish('encoder-7.0.0');
    const second = await publish('encoder-7.1.0');
    await ask(first);
    await deploy();
    await ask(second);
    await deploy();
    expect(await stateOf(first.version)).toMatchObject({ stage: 'retired', serving: false });
    expect(await rollBackModel(box.runtime, 'embedding', 'Worse in the shop.')).toEqual({
      task: 'embedding',
      from: second.version,
      to: first.version,
    });
    expect(await deploy()).toEqual({ processed: 0, published: 0 });
    expect((await encoders.current()).model.version).toBe(first.version);
    expect((await rollBackModel(box.runtime, 'embedding', 'And this one.')).to).toBe('shipped');
    await expect(rollBackModel(box.runtime, 'embedding', 'Further.')).rejects.toThrow('No deployed embedding model');
  });

  test('gives way to the one before it when its files are damaged on the disk', async () => {
    const one = await publish('encoder-8.0.0');
    const { encoders, deploy, failures } = open();
    await ask(one);
    await deploy();
    const copy = join(box.folder, 'models', 'embedding', one.version, one.file.split('/').at(-1) ?? '');
    mkdirSync(join(copy, '..'), { recursive: true });
    writeFileSync(copy, readFileSync(copy).subarray(0, 5000));
    expect((await encoders.current()).model.version).not.toBe(one.version);
    expect(failures).toHaveLength(1);
    expect((await stateOf(one.version))?.reason).toContain('It cannot be opened any more');
  });
});

/** Other weights in the same form: the table of words, which lies at the front of the file, of noise. */
function scramble(model: Buffer): void {
  const random = seededRandom(12_345);
  for (let at = 10_000; at < 5_700_000; at += 1) {
    model[at] = Math.floor(256 * random());
  }
}
