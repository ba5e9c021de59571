import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import { readCard } from '../core/registry/card.ts';
import { createEncoder, createSentenceEncoder, type Encoder, type EncoderFiles } from './index.ts';
import { tinyEncoder } from './testing/tiny-encoder.ts';

const artefact = new URL('artefact/', import.meta.url);
const bundled = (): EncoderFiles => ({
  model: readFileSync(new URL('model.onnx', artefact)),
  tokenizer: readFileSync(new URL('tokenizer.json', artefact), 'utf8'),
  card: readCard(readFileSync(new URL('model.json', artefact), 'utf8'), 'model.json'),
});

const dot = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof EdgeError ? error.code : String(error)),
  );

describe('the bundled encoder', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await createEncoder(bundled());
  });
  afterAll(() => encoder.close());

  const similarity = async (a: string, b: string) => {
    const [left, right] = await encoder.embed([a, b]);
    return dot(left, right);
  };

  it('fits in 10 MB with its tokenizer', () => {
    const { model, tokenizer } = bundled();
    expect(model.length + Buffer.byteLength(tokenizer)).toBeLessThanOrEqual(10_000_000);
  });

  it('names its card and the digest of its file', () => {
    const { card } = bundled();
    expect(encoder.model).toEqual({ name: 'embedding', version: card.version, sha256: card.artefact.sha256 });
    expect(encoder.dimensions).toBe(card.dimension);
  });

  it.each([
    ['brake pad', 'brake lining', 'coffee mug'],
    ['notebook bag 15.6"', 'laptop sleeve, 15 inch', 'laser printer toner'],
    ['my parcel did not arrive', 'the delivery is late', 'how do I change the oil?'],
    ['wireless mouse', 'cordless optical mouse', 'wireless router'],
  ])('puts %j nearer to %j than to %j', async (text, near, far) => {
    expect(await similarity(text, near)).toBeGreaterThan((await similarity(text, far)) + 0.1);
  });

  it('gives a text the same vector alone, in a batch, at once with others and again', async () => {
    const texts = ['oil filter', 'a much longer text about a filter for the oil of a diesel engine', 'x', 'oil filter'];
    const [batch, again, ...alone] = await Promise.all([
      encoder.embed(texts),
      encoder.embed(texts),
      ...texts.map((text) => encoder.embed([text])),
    ]);
    expect(again).toEqual(batch);
    expect(alone.map(([vector]) => vector)).toEqual(batch);
    expect(batch?.[3]).toEqual(batch?.[0]);
  });

  it('gives every text a vector of length one, whatever is in it', async () => {
    const texts = [
      '',
      '   \n\t ',
      '\u0000\u0007\u001b[31m',
      '\ud800 half a character \udc00',
      '刹车片 ブレーキパッド 브레이크 패드',
      'тормозные колодки',
      'وسادات الفرامل',
      '🚗🔧'.repeat(200),
      `e${'\u0301'.repeat(5_000)}`,
      '[CLS][SEP][PAD][UNK][MASK]',
      '{"a":"<script>"}\\u0000 %s %n ../../etc/passwd',
      'a'.repeat(10_000),
    ];
    const vectors = await encoder.embed(texts);
    expect(vectors).toHaveLength(texts.length);
    for (const vector of vectors) {
      expect(vector).toHaveLength(encoder.dimensions);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  it('cuts a text of 1 MB at once, wherever its words are', async () => {
    const start = 'replacement brake pads for the front axle, set of four ';
    const startedMs = performance.now();
    const [words, blanks, one] = await encoder.embed([
      start + 'brake pad '.repeat(100_000),
      `${' '.repeat(60_000)}${start}${' '.repeat(1_000_000)}`,
      'a-'.repeat(500_000),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    const [whole] = await encoder.embed([start]);
    expect(dot(blanks, whole)).toBeCloseTo(1, 5);
    expect(dot(words, whole)).toBeGreaterThan(0.6);
    expect(dot(one, one)).toBeCloseTo(1, 5);
  });
});

describe('an encoder', () => {
  it('takes the mean over the tokens where the graph leaves that out', async () => {
    const encoder = await createEncoder(tinyEncoder());
    const [both, first, second, ends] = await encoder.embed(['brake pad', 'brake', 'pad', '']);
    expect(both).toHaveLength(encoder.dimensions);
    expect(dot(both, first)).toBeGreaterThan(dot(first, second));
    expect(dot(both, second)).toBeGreaterThan(dot(first, second));
    expect(dot(ends, ends)).toBeCloseTo(1, 5);
    await encoder.close();
  });

  it('is refused where the file is truncated, foreign, or has another dimension than its card', async () => {
    const files = tinyEncoder();
    const { model, card } = files;
    const other = tinyEncoder({ dimensions: 12 });
    const changed = model.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const wrongDimension = { ...card, dimension: 12 };
    const codes = await Promise.all([
      codeOf(createEncoder({ ...files, model: model.subarray(0, 500) })),
      codeOf(createEncoder({ ...files, model: changed })),
      codeOf(createEncoder({ ...files, model: other.model })),
      codeOf(createEncoder({ ...files, card: wrongDimension })),
      codeOf(createEncoder({ ...files, card: { ...card, task: 'forecast' } })),
    ]);
    expect(codes).toEqual([
      'artefact-truncated',
      'artefact-digest-mismatch',
      'artefact-digest-mismatch',
      'model-mismatch',
      'model-mismatch',
    ]);
  });

  it('is refused where the tokenizer is unreadable, another than the card names, or has more pieces than the model', async () => {
    const files = tinyEncoder();
    const companions = [{ file: 'tokenizer.json', bytes: files.tokenizer.length, sha256: '0'.repeat(64) }];
    expect(await codeOf(createEncoder({ ...files, tokenizer: '{' }))).toBe('model-mismatch');
    expect(await codeOf(createEncoder({ ...files, tokenizer: '{"model":{}}' }))).toBe('model-mismatch');
    expect(await codeOf(createEncoder({ ...files, card: { ...files.card, companions } }))).toBe(
      'artefact-digest-mismatch',
    );
    expect(await codeOf(createEncoder(tinyEncoder({ rows: 20 })))).toBe('model-mismatch');
  });

  it('ends what has begun before it is closed, and says so afterwards', async () => {
    const encoder = await createEncoder(tinyEncoder());
    const begun = encoder.embed(['brake pad']);
    await Promise.all([encoder.close(), encoder.close()]);
    expect(await begun).toHaveLength(1);
    await expect(encoder.embed(['brake pad'])).rejects.toThrow('encoder-tiny is closed');
  });
});

describe('an encoder without a card', () => {
  it('is described by its files', async () => {
    const { model, tokenizer, card } = tinyEncoder();
    const files = { name: 'all-minilm', model, tokenizer };
    const encoder = await createSentenceEncoder({ ...files, config: '{"hidden_size": 8}' });
    expect(encoder.model.sha256).toBe(card.artefact.sha256);
    expect(encoder.model.version).toBe(`all-minilm-${card.artefact.sha256.slice(0, 8)}`);
    expect(await encoder.embed(['brake'])).toHaveLength(1);
    await encoder.close();
    expect(await codeOf(createSentenceEncoder({ ...files, config: '{"hidden_size": 12}' }))).toBe('model-mismatch');
    expect(await codeOf(createSentenceEncoder({ ...files, config: '{}' }))).toBe('model-mismatch');
  });
});
