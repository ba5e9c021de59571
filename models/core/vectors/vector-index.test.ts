import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { javascriptScanner } from './scan-javascript.ts';
import { bestScanner } from './scanner.ts';
import { VectorIndex } from './vector-index.ts';

const MODEL = 'a'.repeat(64);
const OTHER_MODEL = 'b'.repeat(64);
const of = (values: ArrayLike<number>, modelSha256 = MODEL) => ({ modelSha256, values });
const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'nothing was thrown';
};

/** Gaussian-like numbers, the same for the same seed. */
function source(seed: number): () => number {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => next() + next() + next() + next() - 2;
}

function randomVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const next = source(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: dimensions }, next));
}

/** Vectors close around a few centres, and one component that is large in all of them. */
function clusteredVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const centres = randomVectors(12, dimensions, seed);
  for (const centre of centres) centre[0] = 4;
  return randomVectors(count, dimensions, seed + 1).map((noise, index) =>
    noise.map((value, at) => value * 0.3 + (centres[index % centres.length]?.[at] ?? 0)),
  );
}

function bruteForce(vectors: readonly Float32Array[], query: Float32Array, k: number): { id: string; score: number }[] {
  const norm = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vectors
    .map((vector, index) => ({
      id: `v${index}`,
      score: vector.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0) / norm(vector) / norm(query),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
}

function indexOf(vectors: readonly Float32Array[], scanner = bestScanner): VectorIndex {
  const index = new VectorIndex({ modelSha256: MODEL, dimensions: vectors[0]?.length ?? 0, scanner });
  for (const [at, vector] of vectors.entries()) index.add(`v${at}`, of(vector));
  return index;
}

afterEach(() => vi.unstubAllGlobals());

describe('a vector index', () => {
  test.each([
    ['random', randomVectors],
    ['clustered', clusteredVectors],
  ])('finds what brute force over the full vectors finds among %s ones', (_, make) => {
    let found = 0;
    let wanted = 0;
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.constantFrom(17, 64, 384), (seed, width) => {
      const all = make(1_520, width, seed);
      const vectors = all.slice(20);
      const index = indexOf(vectors);
      for (const query of all.slice(0, 20)) {
        const hits = index.topK(of(query), 10);
        const best = bruteForce(vectors, query, 10);
        expect(hits[0]?.id).toBe(best[0]?.id);
        expect(hits[0]?.score).toBeCloseTo(best[0]?.score ?? Number.NaN, 5);
        const ids = new Set(hits.map(({ id }) => id));
        wanted += best.length;
        found += best.filter(({ id }) => ids.has(id)).length;
      }
    });
    fc.assert(property, { numRuns: 4 });
    expect(found / wanted).toBeGreaterThanOrEqual(0.99);
  });

  test('gives the same with and without WASM', () => {
    const vectors = clusteredVectors(2_500, 50, 7);
    const wasm = indexOf(vectors);
    const script = indexOf(vectors, javascriptScanner);
    expect([wasm.scannerKind, script.scannerKind]).toEqual(['wasm-simd', 'javascript']);
    for (const index of [wasm, script]) for (let at = 0; at < 1_300; at += 3) index.remove(`v${at}`);
    const odd = (id: string) => Number(id.slice(1)) % 2 === 1;
    for (const query of randomVectors(20, 50, 8)) {
      expect(script.topK(of(query), 25)).toEqual(wasm.topK(of(query), 25));
      expect(script.topK(of(query), 25, odd)).toEqual(wasm.topK(of(query), 25, odd));
    }
  });

  test('serves where nothing may be compiled, and where there is no WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined);
    const index = indexOf(randomVectors(5, 8, 1));
    expect(index.scannerKind).toBe('javascript');
    expect(index.topK(of(randomVectors(1, 8, 1)[0] ?? []), 1)[0]?.id).toBe('v0');
  });

  test('follows any adding, updating and removing', () => {
    const step = fc.record({ id: fc.nat(12), kind: fc.constantFrom('upsert', 'remove'), seed: fc.nat() });
    const run = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new VectorIndex({ modelSha256: MODEL, dimensions: 9 });
      const model = new Map<string, Float32Array>();
      for (const { id, kind, seed } of steps) {
        const name = `p${id}`;
        const [vector = new Float32Array(9)] = randomVectors(1, 9, seed);
        if (kind === 'upsert') {
          index.upsert(name, of(vector));
          model.set(name, vector);
        } else {
          expect(index.remove(name)).toBe(model.delete(name));
        }
      }
      expect(index.size).toBe(model.size);
      for (const vector of model.values()) expect(index.topK(of(vector), 1)[0]?.score).toBeCloseTo(1, 5);
      const all = index.topK(of(new Float32Array(9).fill(1)), 100).map(({ id }) => id);
      expect(all.sort()).toEqual([...model.keys()].sort());
    });
    fc.assert(run, { numRuns: 100 });
  });

  test('forgets the old vector when it is updated', () => {
    const index = indexOf([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    index.update('v0', of([-1, 0]));
    expect(index.topK(of([1, 0]), 2)).toEqual([
      { id: 'v1', score: 0 },
      { id: 'v0', score: -1 },
    ]);
    expect(index.get('v0')).toEqual(Float32Array.of(-1, 0));
  });

  test('keeps all vectors while its memory grows by steps', () => {
    const vectors = randomVectors(3_100, 33, 3);
    const index = indexOf(vectors);
    for (let at = 0; at < vectors.length; at += 97) {
      expect(index.topK(of(vectors[at] ?? []), 1)[0]?.id).toBe(`v${at}`);
    }
  });

  test('finds only what the filter lets through, however far down', () => {
    const vectors = randomVectors(2_000, 24, 5);
    const [query = new Float32Array()] = vectors;
    const index = indexOf(vectors);
    const expected = bruteForce(vectors, query, 2_000).slice(-3);
    const allowed = new Set(expected.map(({ id }) => id));
    expect(index.topK(of(query), 10, (id) => allowed.has(id)).map(({ id }) => id)).toEqual(
      expected.map(({ id }) => id),
    );
    expect(index.topK(of(query), 10, () => false)).toEqual([]);
  });

  test('is searched when empty, with one vector and for more than there are', () => {
    const index = new VectorIndex({ modelSha256: MODEL, dimensions: 2 });
    expect(index.topK(of([1, 1]), 10)).toEqual([]);
    index.add('only', of([3, 4]));
    expect(index.topK(of([3, 4]), 10).map(({ id }) => id)).toEqual(['only']);
    expect(index.topK(of([3, 4]), 0)).toEqual([]);
    index.remove('only');
    expect(index.topK(of([1, 1]), 1)).toEqual([]);
  });

  test('orders equal vectors by id', () => {
    const index = new VectorIndex({ modelSha256: MODEL, dimensions: 2 });
    for (const id of ['c', 'a', 'b']) index.add(id, of([1, 2]));
    expect(index.topK(of([1, 2]), 3).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('a vector index refuses', () => {
  test('vectors and queries of another model or dimension, and stays as it was', () => {
    const index = indexOf([Float32Array.of(1, 0)]);
    expect(code(() => index.upsert('v0', of([0, 1], OTHER_MODEL)))).toBe('model-mismatch');
    expect(code(() => index.upsert('v0', of([0, 1, 0])))).toBe('model-mismatch');
    expect(code(() => index.topK(of([0, 1], OTHER_MODEL), 1))).toBe('model-mismatch');
    expect(code(() => index.topK(of([1]), 1))).toBe('model-mismatch');
    expect(index.get('v0')).toEqual(Float32Array.of(1, 0));
  });

  test.each([[[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]], [[0, 0]], [[-0, 0]]])('%j', (values) => {
    const index = indexOf([Float32Array.of(1, 0)]);
    expect(code(() => index.upsert('new', of(values)))).toBe('validation-failed');
    expect(code(() => index.topK(of(values), 1))).toBe('validation-failed');
    expect(index.size).toBe(1);
  });

  test('a k that is no whole number', () => {
    const index = indexOf([Float32Array.of(1, 0)]);
    for (const k of [-1, 1.5, Number.NaN]) expect(code(() => index.topK(of([1, 0]), k))).toBe('validation-failed');
  });

  test('to add what is there, and to update or remove what is not', () => {
    const index = indexOf([Float32Array.of(1, 0)]);
    expect(code(() => index.add('v0', of([1, 0])))).toBe('conflict');
    expect(code(() => index.update('v1', of([1, 0])))).toBe('not-found');
    expect(index.remove('v1')).toBe(false);
  });

  test('a model without a digest and dimensions that cannot be', () => {
    expect(code(() => new VectorIndex({ modelSha256: 'x', dimensions: 2 }))).toBe('invalid-config');
    for (const dimensions of [0, 1.5, 8_193]) {
      expect(code(() => new VectorIndex({ modelSha256: MODEL, dimensions }))).toBe('invalid-config');
    }
  });
});
