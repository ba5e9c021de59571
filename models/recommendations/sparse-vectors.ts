import { at } from './basket-log.ts';
import type { ItemScores } from './method.ts';

/** One sparse vector of items for each customer, with the way back: which customers have an item. */
export class SparseVectors {
  readonly count: number;
  readonly norms: Float64Array;
  readonly #starts: Int32Array;
  readonly #items: Int32Array;
  readonly #values: Float64Array;
  readonly #holderStarts: Int32Array;
  readonly #holders: Int32Array;
  readonly #holderValues: Float64Array;
  readonly #dots: Float64Array;

  constructor(rows: readonly ItemScores[], items: number) {
    this.count = rows.length;
    this.#starts = new Int32Array(rows.length + 1);
    rows.forEach((row, index) => {
      this.#starts[index + 1] = at(this.#starts, index) + row.items.length;
    });
    const size = at(this.#starts, rows.length);
    this.#items = new Int32Array(size);
    this.#values = new Float64Array(size);
    this.norms = new Float64Array(rows.length);
    const holderStarts = new Int32Array(items + 1);
    rows.forEach((row, index) => {
      this.#items.set(row.items, at(this.#starts, index));
      this.#values.set(row.scores, at(this.#starts, index));
      let squares = 0;
      for (let i = 0; i < row.items.length; i++) {
        const item = row.items[i] as number;
        squares += (row.scores[i] as number) ** 2;
        holderStarts[item + 1] = at(holderStarts, item + 1) + 1;
      }
      this.norms[index] = Math.sqrt(squares);
    });
    for (let item = 0; item < items; item++) {
      holderStarts[item + 1] = at(holderStarts, item + 1) + at(holderStarts, item);
    }
    this.#holderStarts = holderStarts;
    this.#holders = new Int32Array(size);
    this.#holderValues = new Float64Array(size);
    const filled = holderStarts.slice();
    for (let row = 0; row < this.count; row++) {
      for (let place = at(this.#starts, row); place < at(this.#starts, row + 1); place++) {
        const item = at(this.#items, place);
        const to = at(filled, item);
        filled[item] = to + 1;
        this.#holders[to] = row;
        this.#holderValues[to] = at(this.#values, place);
      }
    }
    this.#dots = new Float64Array(rows.length);
  }

  row(index: number): { readonly items: Int32Array; readonly scores: Float64Array } {
    const start = at(this.#starts, index);
    const end = at(this.#starts, index + 1);
    return { items: this.#items.subarray(start, end), scores: this.#values.subarray(start, end) };
  }

  /** The value of one item in one row, 0 where it is not there. */
  value(index: number, item: number): number {
    const { items, scores } = this.row(index);
    const place = items.indexOf(item);
    return place < 0 ? 0 : at(scores, place);
  }

  /** Dot products of one row with every row. The array is used again by the next call. */
  dotsWithAll(index: number): Float64Array {
    const dots = this.#dots.fill(0);
    const { items, scores } = this.row(index);
    for (let i = 0; i < items.length; i++) {
      const value = at(scores, i);
      const item = at(items, i);
      const end = at(this.#holderStarts, item + 1);
      for (let place = at(this.#holderStarts, item); place < end; place++) {
        const row = at(this.#holders, place);
        dots[row] = at(dots, row) + value * at(this.#holderValues, place);
      }
    }
    return dots;
  }
}
