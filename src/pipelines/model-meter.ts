import type { z } from 'zod';
import { type LatencyFigures, LatencyWindow } from '../../models/core/deployment/latency-window.ts';
import type { Embedder } from '../../models/core/ports.ts';
import type { modelReference } from '../events/parts.ts';

export type ModelReference = z.infer<typeof modelReference>;

/** What one model version did since the meter was read last. */
export interface MeterReading {
  readonly model: ModelReference;
  readonly sinceMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMs: LatencyFigures;
}

interface Entry {
  readonly model: ModelReference;
  readonly sinceMs: number;
  readonly latencies: LatencyWindow;
  requests: number;
  errors: number;
}

/** Counts requests, failures and time of each model version that answers here. */
export class ModelMeter {
  readonly #entries = new Map<string, Entry>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Runs a request of a model, and notes how long it took and whether it failed. */
  async observe<Result>(model: ModelReference, run: () => Promise<Result>): Promise<Result> {
    const startedMs = this.#nowMs();
    let failed = true;
    try {
      const result = await run();
      failed = false;
      return result;
    } finally {
      this.#note(model, startedMs, this.#nowMs() - startedMs, failed);
    }
  }

  /** What was counted since the last call, and begins anew. */
  take(): MeterReading[] {
    const readings = [...this.#entries.values()].map(({ latencies, ...counted }) => ({
      ...counted,
      latencyMs: latencies.figures(),
    }));
    this.#entries.clear();
    return readings;
  }

  #note(model: ModelReference, sinceMs: number, latencyMs: number, failed: boolean): void {
    const key = `${model.task} ${model.version}`;
    const entry = this.#entries.get(key) ?? { model, sinceMs, latencies: new LatencyWindow(), requests: 0, errors: 0 };
    this.#entries.set(key, entry);
    entry.latencies.add(Math.max(0, latencyMs));
    entry.requests += 1;
    if (failed) entry.errors += 1;
  }
}

/** The same embedder, counted. */
export function meteredEmbedder(embedder: Embedder, meter: ModelMeter): Embedder {
  const { version, sha256 } = embedder.model;
  return {
    model: embedder.model,
    dimensions: embedder.dimensions,
    embed: (texts) => meter.observe({ task: 'embedding', version, sha256 }, () => embedder.embed(texts)),
  };
}
