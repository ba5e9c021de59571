import { ShadowComparison, type ShadowFigures } from '../../models/core/deployment/shadow-comparison.ts';
import type { Embedder } from '../../models/core/ports.ts';
import { dot } from '../../models/core/vectors/dot.ts';
import type { Store } from '../store/store.ts';

export interface ShadowProduct {
  readonly name: string;
  readonly description: string;
}

export interface ShadowInput {
  readonly live: Embedder;
  readonly candidate: Embedder;
  readonly products: readonly ShadowProduct[];
  /** What people have searched for here lately. */
  readonly queries: readonly string[];
  nowMs(): number;
  yielding(): Promise<void>;
}

/** Products that a comparison is made with: as many requests as a verdict needs. */
const PRODUCTS_MAX = 200;
/** Texts that a model is given at once while names are embedded. */
const BATCH = 16;
/** Nearest names that two answers are compared by, and the share that makes them alike. */
const NEAREST = 10;
const ALIKE = 0.5;

/** Products with a description, spread over the catalogue. */
export async function shadowProducts(store: Pick<Store, 'read'>): Promise<ShadowProduct[]> {
  const rows = await store.read({
    sql: `SELECT name, description FROM (
        SELECT name, description, row_number() OVER (ORDER BY number) AS place, count(*) OVER () AS total
        FROM products WHERE description <> '' AND status = 'active')
      WHERE (place - 1) % max(1, total / ?1) = 0 LIMIT ?1`,
    args: [PRODUCTS_MAX],
  });
  return rows.map(({ name, description }) => ({ name: String(name), description: String(description) }));
}

/**
 * Gives two encoders the same requests: each description, which has to find its own product's name among all names, and
 * what people have searched for. The loss of a description is one less the reciprocal rank (Voorhees, TREC-8 1999); of a
 * search nobody knows the right answer, so only agreement, failures and time are counted.
 */
export async function shadowEmbedders(input: ShadowInput): Promise<ShadowFigures> {
  const { live, candidate, products, queries } = input;
  const names = products.map(({ name }) => name);
  const sides = [await openSide(live, names, input), await openSide(candidate, names, input)] as const;
  const comparison = new ShadowComparison();
  const requests = [
    ...products.map(({ description }, own) => ({ text: description, own })),
    ...queries.map((text) => ({ text, own: undefined })),
  ];
  for (const { text, own } of requests) {
    const one = await ask(sides[0], text, own, input);
    const other = await ask(sides[1], text, own, input);
    comparison.add(one, other, alike(one.nearest, other.nearest));
    await input.yielding();
  }
  return comparison.figures();
}

interface Side {
  readonly embedder: Embedder;
  /** Of the names; none where the model failed on them. */
  readonly vectors: readonly Float32Array[] | undefined;
}

async function openSide(embedder: Embedder, names: readonly string[], { yielding }: ShadowInput): Promise<Side> {
  const vectors: Float32Array[] = [];
  try {
    for (let start = 0; start < names.length; start += BATCH) {
      vectors.push(...(await embedder.embed(names.slice(start, start + BATCH))));
      await yielding();
    }
    return { embedder, vectors };
  } catch {
    // Each request of this side then counts as failed, which is what the verdict rests on.
    return { embedder, vectors: undefined };
  }
}

async function ask({ embedder, vectors }: Side, text: string, own: number | undefined, { nowMs }: ShadowInput) {
  const startedMs = nowMs();
  const [vector] = await embedder.embed([text]).catch(() => []);
  const latencyMs = nowMs() - startedMs;
  if (vector === undefined || vectors === undefined) return { latencyMs, failed: true, nearest: [] };
  const scores = vectors.map((name) => dot(name, vector));
  const nearest = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, NEAREST);
  if (own === undefined) return { latencyMs, nearest };
  const mine = scores[own] ?? 0;
  const rank = 1 + scores.filter((score) => score > mine).length;
  return { latencyMs, nearest, loss: 1 - 1 / rank };
}

function alike(one: readonly number[], other: readonly number[]): boolean {
  const shared = one.filter((place) => other.includes(place)).length;
  return shared >= ALIKE * Math.max(1, Math.min(one.length, other.length));
}
