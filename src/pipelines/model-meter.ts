import type { z } from 'zod';
import type { Embedder } from '../../models/core/ports.ts';
import type { modelReference } from '../events/parts.ts';

export type ModelReference = z.infer<typeof modelReference>;

/** What one model version did since the meter was read last. */
export interface MeterReading {
  readonly model: ModelReference;
  readonly sinceMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
}

/** Latencies kept a version: the newest. */
const LATENCIES_MAX = 2_000;

interface Entry {
  readonly model: ModelReference;
  readonly sinceMs: number;
  readonly latencies: number[];
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
    const readings = [...this.#entries.values()].map(({ model, sinceMs, latencies, requests, errors }) => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      const latencyMs = { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
      return { model, sinceMs, requests, errors, latencyMs };
    });
    this.#entries.clear();
    return readings;
  }

  #note(model: ModelReference, sinceMs: number, latencyMs: number, failed: boolean): void {
    const key = `${model.task} ${model.version}`;
    const entry = this.#entries.get(key) ?? { model, sinceMs, latencies: [], requests: 0, errors: 0 };
    this.#entries.set(key, entry);
    entry.latencies[entry.requests % LATENCIES_MAX] = Math.max(0, latencyMs);
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
