import { ndcgAt, recallAt } from '../core/evaluation/ranking.ts';
import { at, type BasketLog, basketCount, basketItems, nextTime, withoutLastBaskets } from './basket-log.ts';
import type { ItemScores, Method } from './method.ts';
import { ScoreSheet } from './score-sheet.ts';
import { topItems, topPlaces } from './top-items.ts';

/** By method: what its score is multiplied by. */
export type BlendWeights = Readonly<Record<string, number>>;

/** Told how many of the customers are done. */
export type WeightProgress = (done: number, total: number) => void;

/** Customers looked at, at most: enough to tell weights apart, and memory stays bounded. */
const SAMPLE = 3_000;
/** Best items of each method that are kept for a customer. */
const KEPT = 150;
/** Tried for each method in turn, relative to a top score of 1. */
const TRIED = [0, 0.05, 0.1, 0.2, 0.35, 0.6, 1, 1.7, 3];
const ROUNDS = 3;
/** Fewer held-out baskets tell nothing about weights. */
const FEWEST_CASES = 100;
/** The least that popularity keeps: it orders what no other method knows. */
const LAST_RESORT = 0.001;
/** For a log that is too small: near those chosen on the Ta-Feng baskets, on scores as they are. */
const UNTRIED: BlendWeights = {
  'purchase-interval': 20,
  'personal-frequency': 0.5,
  'tifu-knn': 0.5,
  'up-cf': 0.3,
  'co-occurrence': 3,
  'popularity': 15,
};

interface Case {
  readonly truth: ReadonlySet<number>;
  readonly items: Int32Array;
  /** By method, then by item of `items`. */
  readonly scores: readonly Float32Array[];
}

/**
 * Chooses weights by predicting each customer's last basket of the log from those before it: coordinate ascent on the
 * mean of recall@10, recall@20 and NDCG@10, beginning with the method that does best alone. The same log gives the same
 * weights.
 */
export function chooseWeights(log: BasketLog, methods: readonly Method[], onProgress?: WeightProgress): BlendWeights {
  const { cases, scales } = heldOutCases(log, methods, onProgress);
  if (cases.length < FEWEST_CASES) return Object.fromEntries(methods.map(({ name }) => [name, UNTRIED[name] ?? 0.1]));
  const alone = methods.map((_, only) => quality(cases, unit(methods.length, only)));
  let weights = unit(methods.length, alone.indexOf(Math.max(...alone)));
  let best = Math.max(...alone);
  for (let round = 0; round < ROUNDS; round++) {
    const before = best;
    for (let place = 0; place < weights.length; place++) {
      for (const value of TRIED) {
        const tried = weights.with(place, value);
        const reached = tried.some((weight) => weight > 0) ? quality(cases, tried) : 0;
        if (reached > best) {
          best = reached;
          weights = tried;
        }
      }
    }
    if (best - before < 1e-5) break;
  }
  return Object.fromEntries(
    methods.map(({ name }, place) => {
      const weight = Math.max(weights[place] ?? 0, name === 'popularity' ? LAST_RESORT : 0);
      return [name, weight / (scales[place] ?? 1)];
    }),
  );
}

function unit(length: number, place: number): number[] {
  return Array.from({ length }, (_, index) => (index === place ? 1 : 0));
}

/** What the methods say of a sample of last baskets that they have not seen, scaled to a mean top score of 1. */
function heldOutCases(log: BasketLog, methods: readonly Method[], onProgress: WeightProgress | undefined) {
  const candidates = [...log.customers.keys()].filter((customer) => basketCount(log, customer) > 1);
  const step = Math.max(1, candidates.length / SAMPLE);
  const sample = Array.from(
    { length: Math.min(SAMPLE, candidates.length) },
    (_, index) => candidates[Math.floor(index * step)] as number,
  );
  if (sample.length === 0) return { cases: [], scales: [] };
  const before = withoutLastBaskets(log);
  const fitted = methods.map((method) => method.fit(before));
  const sheet = new ScoreSheet(log.items.length);
  const tops = new Float64Array(methods.length);
  const cases = sample.map((customer, done): Case => {
    onProgress?.(done, sample.length);
    const last = at(log.basketEnd, customer) - 1;
    // The day of the held-out basket is not known before it comes.
    const time = nextTime(before, customer);
    const kept = fitted.map((method) => best(method.score(customer, time)));
    kept.forEach((scores, place) => {
      tops[place] = at(tops, place) + ((scores.scores[0] as number | undefined) ?? 0);
      sheet.addAll(scores, 1);
    });
    const { items } = sheet.take();
    const places = new Map([...items].map((item, place) => [item, place]));
    const scores = kept.map((each) => {
      const row = new Float32Array(items.length);
      for (let i = 0; i < each.items.length; i++) {
        row[places.get(each.items[i] as number) ?? 0] = each.scores[i] as number;
      }
      return row;
    });
    return { truth: new Set(basketItems(log, last)), items, scores };
  });
  const scales = Array.from(tops, (top) => (top > 0 ? top / sample.length : 1));
  for (const { scores } of cases) {
    scores.forEach((row, place) => {
      for (let i = 0; i < row.length; i++) row[i] = at(row, i) / (scales[place] ?? 1);
    });
  }
  return { cases, scales };
}

function best(scores: ItemScores): ItemScores {
  const places = topPlaces(scores, KEPT);
  return {
    items: places.map((place) => scores.items[place] as number),
    scores: places.map((place) => scores.scores[place] as number),
  };
}

function quality(cases: readonly Case[], weights: readonly number[]): number {
  let sum = 0;
  for (const { truth, items, scores } of cases) {
    const blended = new Float64Array(items.length);
    scores.forEach((row, place) => {
      const weight = weights[place] ?? 0;
      if (weight > 0) for (let i = 0; i < row.length; i++) blended[i] = at(blended, i) + weight * at(row, i);
    });
    const top = topItems({ items, scores: blended }, 20);
    sum += recallAt(top, truth, 10) + recallAt(top, truth, 20) + ndcgAt(top, truth, 10);
  }
  return sum / (3 * cases.length);
}
