import { capture1, capture64 } from './capture.ts';
import type { Benchmark } from './support/benchmark.ts';

/** Every benchmark, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [capture64, capture1];
