/** The rows with the highest scores seen so far, at most `size`: a binary heap with the lowest at the top. */
export class Candidates {
  readonly #scores: Float32Array;
  readonly #rows: Uint32Array;
  #count = 0;

  constructor(size: number) {
    this.#scores = new Float32Array(size);
    this.#rows = new Uint32Array(size);
  }

  /** A row with a higher score than this gets in. */
  get threshold(): number {
    return this.#count < this.#rows.length ? Number.NEGATIVE_INFINITY : (this.#scores[0] ?? 0);
  }

  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#count);
  }

  /** Puts a row in whose score is above the threshold; the lowest leaves where all places are taken. */
  add(row: number, score: number): void {
    if (this.#count < this.#rows.length) {
      this.#count += 1;
      this.#rise(this.#count - 1, row, score);
    } else {
      this.#sink(row, score);
    }
  }

  #rise(from: number, row: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#score(parent) <= score) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, row, score);
  }

  #sink(row: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#count) break;
      if (child + 1 < this.#count && this.#score(child + 1) < this.#score(child)) child += 1;
      if (this.#score(child) >= score) break;
      this.#move(child, at);
      at = child;
    }
    this.#set(at, row, score);
  }

  #score(at: number): number {
    return this.#scores[at] ?? 0;
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#rows[from] ?? 0, this.#score(from));
  }

  #set(at: number, row: number, score: number): void {
    this.#scores[at] = score;
    this.#rows[at] = row;
  }
}
