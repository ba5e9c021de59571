import { hitAt, ndcgAt, recallAt } from './ranking.ts';

/** Mean measures over those customers for whom they are defined. */
export interface RankingMeasures {
  readonly customers: number;
  /** By cutoff, in the order of `cutoffs`. */
  readonly recall: readonly number[];
  readonly ndcg: readonly number[];
  /** Personal hit ratio: the share of customers with at least one hit. */
  readonly phr: readonly number[];
}

/**
 * All items, and apart those the customer had before (repeat) and had not (explore). The parts measure the same list
 * against that part of the basket, over customers whose basket has such items (Li et al. 2021).
 */
export interface RankingReport {
  readonly cutoffs: readonly number[];
  readonly all: RankingMeasures;
  readonly repeat: RankingMeasures;
  readonly explore: RankingMeasures;
}

/** Adds up the measures of many ranked lists. */
export class RankingTally {
  readonly #cutoffs: readonly number[];
  readonly #all: Sums;
  readonly #repeat: Sums;
  readonly #explore: Sums;

  constructor(cutoffs: readonly number[]) {
    this.#cutoffs = cutoffs;
    this.#all = new Sums(cutoffs);
    this.#repeat = new Sums(cutoffs);
    this.#explore = new Sums(cutoffs);
  }

  /** A list for one customer; an empty truth is not counted. */
  add(ranked: readonly number[], truth: ReadonlySet<number>, hadBefore: ReadonlySet<number>): void {
    this.#all.add(ranked, truth);
    this.#repeat.add(
      ranked,
      only(truth, (item) => hadBefore.has(item)),
    );
    this.#explore.add(
      ranked,
      only(truth, (item) => !hadBefore.has(item)),
    );
  }

  report(): RankingReport {
    return {
      cutoffs: this.#cutoffs,
      all: this.#all.means(),
      repeat: this.#repeat.means(),
      explore: this.#explore.means(),
    };
  }
}

class Sums {
  readonly #cutoffs: readonly number[];
  readonly #recall: number[];
  readonly #ndcg: number[];
  readonly #phr: number[];
  #customers = 0;

  constructor(cutoffs: readonly number[]) {
    this.#cutoffs = cutoffs;
    this.#recall = cutoffs.map(() => 0);
    this.#ndcg = cutoffs.map(() => 0);
    this.#phr = cutoffs.map(() => 0);
  }

  add(ranked: readonly number[], truth: ReadonlySet<number>): void {
    if (truth.size === 0) return;
    this.#customers++;
    this.#cutoffs.forEach((k, place) => {
      this.#recall[place] = (this.#recall[place] ?? 0) + recallAt(ranked, truth, k);
      this.#ndcg[place] = (this.#ndcg[place] ?? 0) + ndcgAt(ranked, truth, k);
      this.#phr[place] = (this.#phr[place] ?? 0) + hitAt(ranked, truth, k);
    });
  }

  means(): RankingMeasures {
    const mean = (sum: number) => (this.#customers === 0 ? 0 : sum / this.#customers);
    return {
      customers: this.#customers,
      recall: this.#recall.map(mean),
      ndcg: this.#ndcg.map(mean),
      phr: this.#phr.map(mean),
    };
  }
}

function only(items: ReadonlySet<number>, keep: (item: number) => boolean): Set<number> {
  return new Set([...items].filter(keep));
}
