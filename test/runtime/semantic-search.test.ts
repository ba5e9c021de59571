import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundledEncoder, openEncoder } from '../../edge/node/cli/encoder-folder.ts';
import type { Encoder } from '../../models/embeddings/index.ts';
import type { NewEvent } from '../../src/core/event.ts';
import type { EmbeddingGenerated } from '../../src/events/ml/embedding.ts';
import { listProducts, similarProducts } from '../../src/http/read/products.ts';
import type { PipelineContext } from '../../src/pipelines/pipeline.ts';
import { openSemanticSearch } from '../../src/runtime/semantic-search.ts';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { count, product } from '../support/facts.ts';

const CATALOGUE = {
  CUSHION: ['Operator seat cushion', 'Padded chair for the driver, with armrests'],
  LAMP: ['LED work light', 'Floodlight for the cab roof, 12 V'],
  HOSE: ['Hydraulic hose', 'Two-wire braided hose for the front loader'],
  TUBE: ['Rubber tubing', 'Flexible line for oil under pressure'],
  PUMP: ['Gear pump', 'Moves oil under pressure to the cylinders'],
} as const;

let box: EdgeBox;
let encoder: Encoder;

beforeEach(async () => {
  box = await openShop({});
  for (const [sku, [name, description]] of Object.entries(CATALOGUE)) {
    await box.receive('product.updated', product(sku, { name, description, category: ['Parts'] }));
  }
  encoder = await openEncoder(bundledEncoder());
});
afterEach(async () => {
  await encoder.close();
  await box.dispose();
});

const open = (embedder: () => Promise<Encoder> = async () => encoder, waitMs = 5_000) => {
  const failures: unknown[] = [];
  const { search, pipeline } = openSemanticSearch({
    runtime: box.runtime,
    embedder,
    waitMs,
    report: (error) => failures.push(error),
  });
  const context = {
    ports: box.runtime.ports,
    store: box.store,
    publish: async (facts: readonly NewEvent[]) => {
      await box.runtime.execute('publish-facts', { facts });
    },
  } as unknown as PipelineContext;
  return { search, failures, embed: () => pipeline.run(context) };
};
const find = async (search: ReturnType<typeof open>['search'], query: Parameters<typeof listProducts>[1]) => {
  const { mode, items, corrections } = { corrections: undefined, ...(await listProducts(box.runtime, query, search)) };
  return { mode, skus: items.map(({ sku }) => sku), corrections };
};
/** The same model under another digest. */
const another = (sha256: string): Encoder => ({
  model: { ...encoder.model, sha256 },
  dimensions: encoder.dimensions,
  embed: (texts) => encoder.embed(texts),
  close: async () => undefined,
});

describe('search by words and meaning', () => {
  test('finds what is meant and not said, and says how', async () => {
    const { search, embed } = open();
    expect((await find(search, { q: 'chair', limit: 10 })).mode).toBe('keyword');
    expect(await embed()).toEqual({ processed: 5, published: 5 });
    const { mode, skus } = await find(search, { q: 'somewhere comfortable to sit', limit: 10 });
    expect([mode, skus[0]]).toEqual(['hybrid', 'CUSHION']);
    expect((await find(search, { q: 'illumination at night', limit: 10 })).skus[0]).toBe('LAMP');
    // The centre gets each vector, a byte a component.
    const told = await box.rows("SELECT data FROM events WHERE type = 'embedding.generated'");
    const events = told.map(({ data }) => JSON.parse(String(data)) as EmbeddingGenerated);
    const lamp = events.find(({ target }) => target.id === 'LAMP');
    const [exact] = await encoder.embed(['LED work light. Floodlight for the cab roof, 12 V']);
    const codes = new Int8Array(Buffer.from(lamp?.vector ?? '', 'base64'));
    const cosine = codes.reduce((sum, code, at) => sum + code * (lamp?.scale ?? 0) * (exact?.[at] ?? 0), 0);
    expect(events).toHaveLength(5);
    expect(cosine).toBeGreaterThan(0.999);
    expect(search.state()).toMatchObject({ products: 5, sha256: encoder.model.sha256 });
  });

  test('asks words alone for a SKU, for a word that is not finished, and for nothing it knows', async () => {
    const { search, embed } = open();
    await embed();
    expect(await find(search, { q: 'pump', limit: 10 })).toMatchObject({ mode: 'keyword', skus: ['PUMP'] });
    expect(await find(search, { q: 'hydr', limit: 10 })).toMatchObject({ mode: 'keyword', skus: ['HOSE'] });
    expect((await find(search, { q: 'zzz qqq', limit: 10 })).skus).toEqual([]);
  });

  test('keeps to a category and to what can be had, and pages without a repetition', async () => {
    const { search, embed } = open();
    await embed();
    await box.receive('inventory.changed', count('LAMP', 3));
    const q = 'light for the driver';
    expect((await find(search, { q, available: true, limit: 10 })).skus).toEqual(['LAMP']);
    expect((await find(search, { q, category: 'Other', limit: 10 })).skus).toEqual([]);
    const all = await find(search, { q, limit: 10 });
    expect(all.skus.length).toBeGreaterThan(1);
    const first = await listProducts(box.runtime, { q, limit: 1 }, search);
    const cursor = 'nextCursor' in first ? first.nextCursor : undefined;
    const next = await listProducts(box.runtime, { q, limit: 10, cursor }, search);
    expect([...first.items, ...next.items].map(({ sku }) => sku)).toEqual(all.skus);
  });

  test('names similar products by meaning, and by words without a model', async () => {
    const { search, embed } = open();
    expect((await similarProducts(box.runtime, 'TUBE', 3, search)).mode).toBe('keyword');
    await embed();
    const { mode, items } = await similarProducts(box.runtime, 'TUBE', 3, search);
    expect(mode).toBe('semantic');
    expect(items.map(({ sku }) => sku)).not.toContain('TUBE');
    expect(items[0]?.sku).toBe('PUMP');
  });
});

describe('vectors', () => {
  test('follow a changed product, and only that one is embedded again', async () => {
    const { search, embed } = open();
    await embed();
    await box.receive(
      'product.updated',
      product('PUMP', { name: 'Bench vice', description: 'Clamps a workpiece', version: 9 }),
    );
    expect(await embed()).toMatchObject({ processed: 1 });
    expect((await find(search, { q: 'tool that holds a workpiece tight', limit: 10 })).skus[0]).toBe('PUMP');
  });

  test('outlive the box, and are read without the model being asked for texts', async () => {
    await open().embed();
    const { search, embed } = open();
    expect(await embed()).toMatchObject({ processed: 0 });
    expect(search.state()?.products).toBe(5);
  });

  test('of another model are made anew, while the one before serves until all are there', async () => {
    let current = encoder;
    const { search, embed } = open(async () => current);
    await embed();
    const sha256 = 'a'.repeat(64);
    let seen: string | undefined;
    current = {
      ...another(sha256),
      embed: (texts) => {
        seen = search.state()?.sha256;
        return encoder.embed(texts);
      },
    };
    expect(await embed()).toMatchObject({ processed: 5 });
    expect([seen, search.state()?.sha256]).toEqual([encoder.model.sha256, sha256]);
    expect(await box.rows('SELECT DISTINCT model_sha256 FROM product_vectors')).toEqual([{ model_sha256: sha256 }]);
    expect((await find(search, { q: 'somewhere to sit', limit: 1 })).skus).toEqual(['CUSHION']);
  });

  test('of a model that fails half way leave the one before in service', async () => {
    let current = encoder;
    const { search, embed } = open(async () => current);
    await embed();
    current = { ...another('b'.repeat(64)), embed: () => Promise.reject(new Error('broken tensor')) };
    await expect(embed()).rejects.toThrow('broken tensor');
    expect(search.state()?.sha256).toBe(encoder.model.sha256);
    expect((await find(search, { q: 'somewhere to sit', limit: 1 })).mode).toBe('hybrid');
  });
});

describe('a model that does not answer', () => {
  test.each([
    ['fails', () => Promise.reject(new Error('broken tensor'))],
    ['takes too long', () => new Promise<never>(() => undefined)],
  ])('and %s costs a search its meaning, not its answer', async (_, broken) => {
    await open().embed();
    const { search, embed } = open(async () => ({ ...another(encoder.model.sha256), embed: broken }), 50);
    await embed();
    expect(await find(search, { q: 'hydraulic hose', limit: 10 })).toMatchObject({ mode: 'keyword', skus: ['HOSE'] });
  });
});
