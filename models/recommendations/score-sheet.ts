import { at } from './basket-log.ts';
import type { ItemScores } from './method.ts';

/** Sums scores by item: dense while it is filled, sparse when taken; emptied by taking, so that one serves many. */
export class ScoreSheet {
  readonly #scores: Float64Array;
  readonly #seen: Uint8Array;
  #touched: number[] = [];

  constructor(items: number) {
    this.#scores = new Float64Array(items);
    this.#seen = new Uint8Array(items);
  }

  add(item: number, score: number): void {
    if (this.#seen[item] === 0) {
      this.#seen[item] = 1;
      this.#touched.push(item);
    }
    this.#scores[item] = at(this.#scores, item) + score;
  }

  addAll(scores: ItemScores, weight: number): void {
    for (let i = 0; i < scores.items.length; i++) {
      this.add(scores.items[i] as number, weight * (scores.scores[i] as number));
    }
  }

  /** What was summed, and empties the sheet. */
  take(): { readonly items: Int32Array; readonly scores: Float64Array } {
    const items = Int32Array.from(this.#touched);
    const scores = Float64Array.from(items, (item) => at(this.#scores, item));
    for (const item of items) {
      this.#scores[item] = 0;
      this.#seen[item] = 0;
    }
    this.#touched = [];
    return { items, scores };
  }
}
