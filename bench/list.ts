import { bridgeLatency } from './bridge-latency.ts';
import { bridgeUplink } from './bridge-uplink.ts';
import { capture1, capture64 } from './capture.ts';
import { embeddings } from './embeddings.ts';
import { forecasts } from './forecasts.ts';
import { httpCapture } from './http-capture.ts';
import { idle } from './idle.ts';
import { insertRate } from './insert-rate.ts';
import { linkDownlink } from './link-downlink.ts';
import { linkDrain } from './link-drain.ts';
import { linkLatency } from './link-latency.ts';
import { linkMemory } from './link-memory.ts';
import { linkUplink } from './link-uplink.ts';
import { rebuild } from './rebuild.ts';
import { search } from './search.ts';
import type { Benchmark } from './support/benchmark.ts';
import { trivialRoute } from './trivial-route.ts';
import { vectors } from './vectors.ts';

/** Every benchmark, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  capture64,
  capture1,
  httpCapture,
  trivialRoute,
  rebuild,
  insertRate,
  idle,
  linkUplink,
  linkDownlink,
  linkDrain,
  linkMemory,
  linkLatency,
  bridgeUplink,
  bridgeLatency,
  vectors,
  search,
  embeddings,
  forecasts,
];
