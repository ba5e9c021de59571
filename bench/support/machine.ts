import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { spread } from './compare.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly loadAverage: number;
  /** Median time to append 4 KiB to a file in the benchmark folder and make it durable, in milliseconds. */
  readonly fdatasyncMs: number;
}

export function describeMachine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadAverage: loadavg()[0] ?? Number.NaN,
    fdatasyncMs: measureFdatasync(folder),
  };
}

function measureFdatasync(folder: string): number {
  const path = join(folder, 'fdatasync.probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4_096, 1);
  const times: number[] = [];
  for (let write = 0; write < 200; write += 1) {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  rmSync(path);
  return spread(times).median;
}
