import { defineCommand } from 'citty';
import Papa from 'papaparse';
import { spearman } from '../../../models/embeddings/rank-correlation.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { fileText } from '../import/csv-text.ts';
import { bundledEncoder, openEncoder } from './encoder-folder.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';

/** `dealeriq evaluate embeddings`: holds the encoder's cosines against how alike people found two sentences. */
export const evaluateEmbeddings = defineCommand({
  meta: { name: 'embeddings', description: 'Measure a sentence encoder on pairs with a score by people: Spearman' },
  args: {
    pairs: {
      type: 'string',
      required: true,
      description: 'STS benchmark (tabs, no header), or a table with score, sentence1 and sentence2',
    },
    model: { type: 'string', description: 'Folder of another encoder than the bundled one' },
    json: { type: 'boolean', default: false, description: 'Print JSON' },
  },
  async run({ args }) {
    const { pairs, skipped } = await readPairs(args.pairs);
    const encoder = await openEncoder(args.model ?? bundledEncoder());
    const vectors = new Map<string, Float32Array>();
    const milliseconds: number[] = [];
    const progress = new Progress('Embedding');
    try {
      const texts = [...new Set(pairs.flatMap(({ left, right }) => [left, right]))];
      for (const [at, text] of texts.entries()) {
        if (at % 100 === 0) progress.update(at, texts.length, 'texts');
        const startedAt = performance.now();
        const [vector] = await encoder.embed([text]);
        milliseconds.push(performance.now() - startedAt);
        if (vector !== undefined) vectors.set(text, vector);
      }
    } finally {
      progress.end();
      await encoder.close();
    }
    const scored = pairs.map((pair) => ({ ...pair, cosine: dot(vectors.get(pair.left), vectors.get(pair.right)) }));
    const groups = [...Map.groupBy(scored, ({ group }) => group)];
    const sorted = milliseconds.toSorted((a, b) => a - b);
    const result = {
      model: encoder.model,
      dimensions: encoder.dimensions,
      skipped,
      texts: milliseconds.length,
      ...measure(scored),
      groups: groups.length > 1 ? groups.map(([group, of]) => ({ group, ...measure(of) })) : [],
      millisecondsPerText: {
        mean: milliseconds.reduce((sum, one) => sum + one, 0) / milliseconds.length,
        median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
        p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
      },
    };
    printResult(args.json, result, function* () {
      const { mean, median, p95 } = result.millisecondsPerText;
      yield `${encoder.model.version}, ${encoder.dimensions} dimensions, sha256 ${encoder.model.sha256}`;
      yield `${result.pairs} pairs of ${result.texts} texts; ${skipped} rows without a score or a sentence left out.`;
      yield row('group', 'pairs', 'Spearman');
      for (const { group, pairs, spearman: value } of [{ group: 'all', ...measure(scored) }, ...result.groups]) {
        yield row(group, String(pairs), value?.toFixed(4) ?? '–');
      }
      yield `Milliseconds a text: mean ${mean.toFixed(2)}, median ${median.toFixed(2)}, 95 % under ${p95.toFixed(2)}`;
    });
  },
});

interface Pair {
  readonly group: string;
  /** How alike people found the two; only its order counts. */
  readonly score: number;
  readonly left: string;
  readonly right: string;
}

function measure(scored: readonly (Pair & { readonly cosine: number })[]) {
  const value = spearman(
    scored.map(({ cosine }) => cosine),
    scored.map(({ score }) => score),
  );
  return { pairs: scored.length, spearman: value ?? null };
}

const row = (name: string, pairs: string, value: string) =>
  name.slice(0, 23).padEnd(24) + pairs.padStart(8) + value.padStart(10);

/** Columns of the STS benchmark, which has no header; two more may follow, with where the sentences are from. */
const STS = { group: 0, score: 4, left: 5, right: 6 };
const NAMES = {
  group: ['genre', 'group'],
  score: ['score', 'similarity', 'similarity_score', 'label'],
  left: ['sentence1', 'sentence_1', 'text1'],
  right: ['sentence2', 'sentence_2', 'text2'],
};

async function readPairs(path: string): Promise<{ readonly pairs: readonly Pair[]; readonly skipped: number }> {
  let text = '';
  for await (const piece of fileText(path, undefined)) text += piece;
  const tabs = text.split('\n', 1)[0]?.includes('\t') ?? false;
  // Quotation marks stand in the benchmark's sentences as they are; in a table with commas they quote.
  const { data } = Papa.parse<string[]>(text, {
    delimiter: tabs ? '\t' : ',',
    quoteChar: tabs ? '\0' : '"',
    skipEmptyLines: 'greedy',
  });
  const header = (data[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const place = (names: readonly string[]) => header.findIndex((cell) => names.includes(cell));
  const named = {
    group: place(NAMES.group),
    score: place(NAMES.score),
    left: place(NAMES.left),
    right: place(NAMES.right),
  };
  const hasHeader = named.score >= 0 && named.left >= 0 && named.right >= 0;
  const column = hasHeader ? named : STS;
  const rows = hasHeader ? data.slice(1) : data;
  const pairs: Pair[] = [];
  for (const cells of rows) {
    const score = Number.parseFloat(cells[column.score] ?? '');
    const [left, right] = [cells[column.left]?.trim(), cells[column.right]?.trim()];
    if (!Number.isFinite(score) || left === undefined || right === undefined) continue;
    pairs.push({ group: cells[column.group] ?? '', score, left, right });
  }
  if (pairs.length >= 2) return { pairs, skipped: rows.length - pairs.length };
  throw new EdgeError(
    'import-failed',
    `${path} has no pairs. It is the STS benchmark (tabs: genre, file, year, id, score, two sentences), or a table whose header names score, sentence1 and sentence2.`,
  );
}

/** The cosine of two vectors of length one. */
function dot(left: Float32Array | undefined, right: Float32Array | undefined): number {
  let sum = 0;
  for (const [at, value] of (left ?? []).entries()) sum += value * (right?.[at] ?? 0);
  return sum;
}
