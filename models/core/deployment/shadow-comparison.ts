import { type LatencyFigures, LatencyWindow } from './latency-window.ts';

/** What one model version did with a request. */
export interface Observation {
  /** In milliseconds. */
  readonly latencyMs: number;
  /** How far the answer was from what turned out true; `undefined` while that is not known. Smaller is better. */
  readonly loss?: number | undefined;
  readonly failed?: boolean;
}

export interface SideFigures {
  readonly requests: number;
  readonly errors: number;
  /** Over requests with a known loss on both sides; `undefined` where there is none. */
  readonly meanLoss: number | undefined;
  readonly latencyMs: LatencyFigures;
}

export interface ShadowFigures {
  readonly live: SideFigures;
  readonly candidate: SideFigures;
  /** Share of requests that both answered alike, 0 to 1; 1 where there was none. */
  readonly agreement: number;
  /** Requests whose loss is known on both sides. */
  readonly compared: number;
}

/** Gathers what the live version and a candidate did with the same requests, while only the live one is used. */
export class ShadowComparison {
  readonly #live = new Side();
  readonly #candidate = new Side();
  #alike = 0;
  #answered = 0;
  #compared = 0;

  /** One request that both versions had. `alike` says whether the two answers mean the same to a person. */
  add(live: Observation, candidate: Observation, alike: boolean): void {
    const compared = live.loss !== undefined && candidate.loss !== undefined;
    this.#live.add(live, compared);
    this.#candidate.add(candidate, compared);
    if (compared) this.#compared += 1;
    if (live.failed === true || candidate.failed === true) return;
    this.#answered += 1;
    if (alike) this.#alike += 1;
  }

  figures(): ShadowFigures {
    return {
      live: this.#live.figures(),
      candidate: this.#candidate.figures(),
      agreement: this.#answered === 0 ? 1 : this.#alike / this.#answered,
      compared: this.#compared,
    };
  }
}

class Side {
  readonly #latencies = new LatencyWindow();
  #requests = 0;
  #errors = 0;
  #loss = 0;
  #losses = 0;

  add({ latencyMs, loss, failed }: Observation, compared: boolean): void {
    this.#latencies.add(latencyMs);
    this.#requests += 1;
    if (failed === true) this.#errors += 1;
    if (!compared || loss === undefined) return;
    this.#loss += loss;
    this.#losses += 1;
  }

  figures(): SideFigures {
    return {
      requests: this.#requests,
      errors: this.#errors,
      meanLoss: this.#losses === 0 ? undefined : this.#loss / this.#losses,
      latencyMs: this.#latencies.figures(),
    };
  }
}
