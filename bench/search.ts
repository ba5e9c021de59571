import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { localModels } from '../edge/advice/local-models.ts';
import { bundledEncoder, openEncoder } from '../edge/node/cli/encoder-folder.ts';
import { type CatalogueProduct, fillCatalogue } from '../edge/node/cli/fill-catalogue.ts';
import { readMigrations } from '../edge/node/migrations.ts';
import { openFileStore } from '../edge/node/open-store.ts';
import { nodePorts } from '../edge/node/ports.ts';
import { listProducts } from '../src/http/read/products.ts';
import { startAdvice } from '../src/runtime/advice.ts';
import { openSemanticSearch } from '../src/runtime/semantic-search.ts';
import { createRuntime } from '../src/runtime.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import type { Benchmark } from './support/benchmark.ts';
import { alone } from './support/compare.ts';

const PRODUCTS = 20_000;
const QUICK_PRODUCTS = 2_000;
const SEARCHES = 200;

/** Hybrid search as the API answers it: keywords, the embedding of the words, vectors, fusion, prices and stock. */
export const search: Benchmark = {
  name: 'search',
  about: `95 % of hybrid searches over ${PRODUCTS.toLocaleString('en')} products take no longer than this.`,
  async run(context) {
    const count = context.roundMs < 1_000 ? QUICK_PRODUCTS : PRODUCTS;
    const catalogue = products(count);
    const runtime = await createRuntime({
      store: await openFileStore(mkdtempSync(join(context.folder, 'search-'))),
      ports: nodePorts,
      migrations: readMigrations(),
      dealerId: 'BENCH',
      deviceId: 'bench',
    });
    const encoder = await openEncoder(bundledEncoder());
    const fail = (error: unknown) => {
      throw error;
    };
    const semantic = openSemanticSearch({ runtime, embedder: async () => encoder, waitMs: 60_000, report: fail });
    const advice = startAdvice({
      runtime,
      models: localModels,
      policy: { leadTimeDays: 7, serviceLevel: 0.95 },
      codeVersion: 'bench',
      firstAfterMs: 1e12,
      pipelines: [semantic.pipeline],
      report: fail,
    });
    try {
      await fillCatalogue(runtime, catalogue);
      await advice.run(semantic.pipeline.name);
      const rounds: number[] = [];
      for (let round = 0; round < context.rounds; round += 1) {
        const random = seededRandom(100 + round);
        const milliseconds: number[] = [];
        for (let at = 0; at < SEARCHES; at += 1) {
          // Words that no product has in this order: no answer is remembered.
          const q = `${pick(QUALITIES, random)} ${pick(PARTS, random)} for ${pick(PLACES, random)} ${round}${at}`;
          const start = performance.now();
          const { mode } = await listProducts(runtime, { q, limit: 20 }, semantic.search);
          milliseconds.push(performance.now() - start);
          if (mode !== 'hybrid') throw new Error(`"${q}" was searched by ${mode}.`);
        }
        rounds.push(milliseconds.toSorted((a, b) => a - b)[Math.floor(SEARCHES * 0.95)] ?? Number.NaN);
        context.progress(`  round ${round + 1}/${context.rounds}  ${rounds.at(-1)?.toFixed(1)} ms`);
      }
      return [
        alone(
          'search / hybrid p95',
          'ms',
          `${SEARCHES} searches a round over ${count} products, each with new words`,
          rounds,
          { valueMax: 30 },
          'With the embedding of the words, on the thread that measures.',
        ),
      ];
    } finally {
      await advice.close();
      await runtime.close();
      await encoder.close();
    }
  },
};

const QUALITIES = ['sealed', 'heavy duty', 'stainless', 'reinforced', 'low noise', 'high flow', 'spare', 'universal'];
const PARTS = ['bearing', 'hydraulic hose', 'oil filter', 'v-belt', 'brake pad', 'fuel pump', 'seal kit', 'battery'];
const PLACES = ['tractors', 'combine harvesters', 'loaders', 'balers', 'excavators', 'trailers', 'sprayers', 'mowers'];

const pick = (words: readonly string[], random: () => number) => words[Math.floor(random() * words.length)] ?? '';

function products(count: number): CatalogueProduct[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, (_, at) => {
    const [quality, part, place] = [pick(QUALITIES, random), pick(PARTS, random), pick(PLACES, random)];
    return {
      id: `P-${at}`,
      title: `${quality} ${part} ${10 + (at % 90)} mm`,
      short_description: `Fits ${place} built from ${1990 + (at % 35)}. ${pick(QUALITIES, random)} ${pick(PARTS, random)} sold apart.`,
      supplier: `Works ${at % 40}`,
    };
  });
}
