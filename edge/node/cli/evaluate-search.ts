import { defineCommand } from 'citty';
import Papa from 'papaparse';
import { z } from 'zod';
import { gradedNdcg, judgedNdcg, type Ratings } from '../../../models/core/evaluation/search-measures.ts';
import type { Embedder } from '../../../models/core/ports.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { DEPTH, fused, rankByKeywords } from '../../../src/http/read/hybrid-search.ts';
import { startAdvice } from '../../../src/runtime/advice.ts';
import { openSemanticSearch, type SemanticSearch } from '../../../src/runtime/semantic-search.ts';
import { createRuntime, type Runtime } from '../../../src/runtime.ts';
import { localModels } from '../../advice/local-models.ts';
import { fileText } from '../import/csv-text.ts';
import { readMigrations } from '../migrations.ts';
import { openMemoryStore } from '../open-store.ts';
import { nodePorts } from '../ports.ts';
import { version } from '../version.ts';
import { bundledEncoder, openEncoder } from './encoder-folder.ts';
import { type CatalogueProduct, fillCatalogue } from './fill-catalogue.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';

const CUTOFF = 10;
const METHODS = ['BM25', 'vectors', 'hybrid'] as const;
type Method = (typeof METHODS)[number];

/** `dealeriq evaluate search`: a box's own search over a catalogue, held against what people think of the hits. */
export const evaluateSearch = defineCommand({
  meta: { name: 'search', description: 'Measure search on products and ratings by people: nDCG@10' },
  args: {
    products: {
      type: 'string',
      required: true,
      description: 'A JSON object a line: {id, title, short_description, supplier, price}',
    },
    ratings: { type: 'string', required: true, description: 'CSV with query, docid and rating (0 to 3)' },
    model: { type: 'string', description: 'Folder of another encoder than the bundled one' },
    json: { type: 'boolean', default: false, description: 'Print JSON' },
  },
  async run({ args }) {
    const products = await readProducts(args.products);
    const { ratings, unknown } = await readRatings(args.ratings, new Set(products.map(({ id }) => id)));
    const encoder = await openEncoder(args.model ?? bundledEncoder());
    const runtime = await createRuntime({
      store: await openMemoryStore(),
      ports: nodePorts,
      migrations: readMigrations(),
      dealerId: 'EVALUATION',
      deviceId: 'evaluation',
    });
    try {
      await fillCatalogue(runtime, products);
      const result = {
        model: encoder.model,
        products: products.length,
        unknown,
        ...(await measure(runtime, encoder, ratings)),
      };
      printResult(args.json, result, function* () {
        yield `${result.products} products, ${result.queries} queries with a product of use (${result.useless} without one left out), ${unknown} ratings of unknown products left out`;
        yield `Vectors of ${encoder.model.version}`;
        yield '';
        yield row('method', ['judged', 'full']);
        for (const { method, judged, full } of result.methods) {
          yield row(method, [judged.toFixed(4), full.toFixed(4)]);
        }
        yield '';
        yield `95 % of hybrid searches under ${result.hybridP95Ms.toFixed(1)} ms, each with the embedding of its words.`;
        yield `nDCG@${CUTOFF} with gain 2^rating - 1. judged: over rated products alone. full: over all; one without a rating gains nothing.`;
      });
    } finally {
      await encoder.close();
      await runtime.close();
    }
  },
});

const row = (name: string, cells: readonly string[]) => name.padEnd(12) + cells.map((one) => one.padStart(10)).join('');

async function measure(runtime: Runtime, encoder: Embedder, queries: ReadonlyMap<string, Ratings>) {
  const failures: unknown[] = [];
  const { search, pipeline } = openSemanticSearch({
    runtime,
    embedder: async () => withProgress(encoder, await count(runtime)),
    waitMs: 60_000,
    report: (error) => failures.push(error),
  });
  const advice = startAdvice({
    runtime,
    models: localModels,
    policy: { leadTimeDays: 7, serviceLevel: 0.95 },
    codeVersion: version,
    firstAfterMs: 1e12,
    pipelines: [pipeline],
    report: (error) => failures.push(error),
  });
  try {
    await advice.run(pipeline.name);
    if (failures.length > 0) throw failures[0];
    const sums = new Map(METHODS.map((method) => [method, { judged: 0, full: 0 }]));
    const milliseconds: number[] = [];
    for (const [query, ratings] of queries) {
      if (gradedNdcg([], ratings, CUTOFF) === undefined) continue;
      const startedAt = performance.now();
      await rank('hybrid', listsOf(runtime, search, query, DEPTH));
      milliseconds.push(performance.now() - startedAt);
      for (const [method, sum] of sums) {
        const ranked = await rank(method, listsOf(runtime, search, query, DEPTH));
        sum.full += gradedNdcg(ranked, ratings, CUTOFF) ?? 0;
        // Rated products far down are compared too, so for them each list goes to its end.
        const whole = await rank(method, listsOf(runtime, search, query, Number.MAX_SAFE_INTEGER, -1));
        sum.judged += judgedNdcg(whole, ratings, CUTOFF) ?? 0;
      }
    }
    const counted = milliseconds.length;
    return {
      queries: counted,
      useless: queries.size - counted,
      methods: [...sums].map(([method, { judged, full }]) => ({
        method,
        judged: judged / counted,
        full: full / counted,
      })),
      hybridP95Ms: milliseconds.toSorted((a, b) => a - b)[Math.floor(counted * 0.95)] ?? 0,
    };
  } finally {
    await advice.close();
  }
}

interface Lists {
  readonly words: () => Promise<readonly string[]>;
  readonly meaning: () => Promise<readonly string[]>;
}

function listsOf(
  runtime: Runtime,
  search: SemanticSearch,
  query: string,
  depth: number,
  minimumCosine?: number,
): Lists {
  return {
    words: () => rankByKeywords(runtime, query, depth),
    meaning: async () => (await search.nearest(query, depth, undefined, minimumCosine)) ?? [],
  };
}

async function rank(method: Method, { words, meaning }: Lists): Promise<readonly string[]> {
  if (method === 'BM25') return words();
  if (method === 'vectors') return meaning();
  return fused([await words(), await meaning()]);
}

async function count({ store }: Runtime): Promise<number> {
  const [row] = await store.read({ sql: 'SELECT count(*) AS count FROM products' });
  return Number(row?.count ?? 0);
}

/** The encoder, telling how far it is. */
function withProgress(encoder: Embedder, total: number): Embedder {
  const progress = new Progress('Embedding');
  let done = 0;
  return {
    model: encoder.model,
    dimensions: encoder.dimensions,
    async embed(texts) {
      const vectors = await encoder.embed(texts);
      if (done < total) {
        done += texts.length;
        progress.update(done, total, 'products');
        if (done >= total) progress.end();
      }
      return vectors;
    },
  };
}

const productLine = z.object({
  id: z.coerce.string().min(1).max(64),
  title: z.string(),
  short_description: z.string().nullish(),
  supplier: z.string().nullish(),
});

async function readProducts(path: string): Promise<CatalogueProduct[]> {
  let text = '';
  for await (const piece of fileText(path, undefined)) text += piece;
  const form = 'It has a JSON object a line: {"id", "title", "short_description", "supplier", "price"}.';
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const products = lines.map((line, index) => {
    try {
      return productLine.parse(JSON.parse(line));
    } catch (error) {
      throw new EdgeError('import-failed', `Line ${index + 1} of ${path} is no product. ${form}`, { cause: error });
    }
  });
  if (products.length === 0) throw new EdgeError('import-failed', `${path} has no products. ${form}`);
  return products;
}

async function readRatings(path: string, known: ReadonlySet<string>) {
  let text = '';
  for await (const piece of fileText(path, undefined)) text += piece;
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: 'greedy' });
  const ratings = new Map<string, Map<string, number>>();
  let unknown = 0;
  for (const { query, docid, rating } of data) {
    const grade = Number(rating);
    if (query === undefined || docid === undefined || rating === undefined || !Number.isFinite(grade)) continue;
    if (!known.has(docid)) {
      unknown += 1;
      continue;
    }
    const ofQuery = ratings.get(query) ?? new Map<string, number>();
    ratings.set(query, ofQuery.set(docid, Math.max(0, grade)));
  }
  if (![...ratings.values()].some((ofQuery) => [...ofQuery.values()].some((grade) => grade > 0))) {
    throw new EdgeError(
      'import-failed',
      `${path} rates no product of the catalogue above 0. It has the columns query, docid and rating.`,
    );
  }
  return { ratings, unknown };
}
