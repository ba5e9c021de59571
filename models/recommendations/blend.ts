import { at, type BasketLog } from './basket-log.ts';
import { type BlendWeights, chooseWeights, type WeightProgress } from './blend-weights.ts';
import type { Evidence, FittedMethod, ItemScores, Method } from './method.ts';
import { coOccurrence } from './methods/co-occurrence.ts';
import { personalFrequency } from './methods/personal-frequency.ts';
import { popularity } from './methods/popularity.ts';
import { purchaseInterval } from './methods/purchase-interval.ts';
import { tifuKnn } from './methods/tifu-knn.ts';
import { upCf } from './methods/up-cf.ts';
import { ScoreSheet } from './score-sheet.ts';

/** What one method gave to an item's score. */
export interface ScorePart {
  readonly method: string;
  /** Adds up with the other parts to the score. */
  readonly score: number;
  /** What a reason is made of; absent where the method has no words for it. */
  readonly evidence: Evidence | undefined;
}

/** Several methods as one. */
export interface FittedBlend extends FittedMethod {
  readonly weights: BlendWeights;
  readonly methods: readonly FittedMethod[];
  /** The blend of scores that the methods gave already, in the order of `methods`. */
  combine(scores: readonly ItemScores[]): ItemScores;
  /** What made one item's score, the largest part first. */
  parts(customer: number, item: number, time: number): ScorePart[];
}

/** The methods of the blend. */
export function blendMethods(): Method[] {
  return [purchaseInterval(), personalFrequency(), tifuKnn(), upCf(), coOccurrence(), popularity()];
}

/**
 * Fits all methods on the log and adds their weighted scores. Weights that are not given are chosen on the log itself,
 * with each customer's last basket held out.
 */
export function fitBlend(
  log: BasketLog,
  options: {
    readonly methods?: readonly Method[];
    readonly weights?: BlendWeights;
    readonly onProgress?: WeightProgress;
  } = {},
): FittedBlend {
  const methods = options.methods ?? blendMethods();
  const weights = options.weights ?? chooseWeights(log, methods, options.onProgress);
  const fitted = methods.map((method) => method.fit(log));
  const sheet = new ScoreSheet(log.items.length);

  const combine = (scores: readonly ItemScores[]) => {
    scores.forEach((each, place) => {
      const weight = weights[fitted[place]?.name ?? ''] ?? 0;
      if (weight > 0) sheet.addAll(each, weight);
    });
    return sheet.take();
  };
  const score = (customer: number, time: number) =>
    combine(
      fitted.map((method) =>
        (weights[method.name] ?? 0) > 0 ? method.score(customer, time) : { items: [], scores: [] },
      ),
    );
  return {
    name: 'blend',
    weights,
    methods: fitted,
    combine,
    score,
    parts(customer, item, time) {
      return fitted
        .flatMap((method) => {
          const weight = weights[method.name] ?? 0;
          const part = weight > 0 ? weight * scoreOf(method.score(customer, time), item) : 0;
          return part > 0 ? [{ method: method.name, score: part, evidence: method.explain(customer, item, time) }] : [];
        })
        .sort((a, b) => b.score - a.score);
    },
    explain(customer, item, time) {
      return this.parts(customer, item, time).find(({ evidence }) => evidence !== undefined)?.evidence;
    },
  };
}

function scoreOf({ items, scores }: ItemScores, item: number): number {
  const place = Array.prototype.indexOf.call(items, item);
  return place < 0 ? 0 : at(scores as Float64Array, place);
}
