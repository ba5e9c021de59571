/** Times of requests, in milliseconds. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Times that are kept: the newest. */
const KEPT_MAX = 2_000;

/** The times of the newest requests of one model version. */
export class LatencyWindow {
  readonly #times: number[] = [];
  #added = 0;

  add(latencyMs: number): void {
    this.#times[this.#added % KEPT_MAX] = latencyMs;
    this.#added += 1;
  }

  /** All 0 where nothing was added. */
  figures(): LatencyFigures {
    const sorted = this.#times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
  }
}
