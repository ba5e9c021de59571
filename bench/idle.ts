import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './support/benchmark.ts';
import { BUILT, boxEnvironment, buildPackage } from './support/box.ts';
import { alone } from './support/compare.ts';
import { startProcess } from './support/processes.ts';

/** How long the box is left alone before its memory is read, in milliseconds. */
const SETTLE_MS = 5_000;

/** Memory of the idle demo box, and how soon it is ready once the demo has been seeded. */
export const idle: Benchmark = {
  name: 'idle',
  about: 'The demo box at rest: time from spawn to /readyz, and resident memory.',
  async run(context) {
    buildPackage();
    const dataDir = mkdtempSync(join(context.folder, 'idle-'));
    // Returns when the demo is seeded.
    await (await startProcess([BUILT, 'start', '--demo'], boxEnvironment(dataDir, 0))).stop();
    const port = await freePort();
    const seconds: number[] = [];
    const megabytes: number[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      const start = performance.now();
      const box = spawn(process.execPath, [BUILT, 'start', '--demo'], {
        env: { ...process.env, ...boxEnvironment(dataDir, port) },
        stdio: 'ignore',
      });
      const exited = new Promise<void>((resolve) => box.once('exit', () => resolve()));
      await ready(`http://127.0.0.1:${port}/readyz`);
      seconds.push((performance.now() - start) / 1_000);
      await sleep(SETTLE_MS);
      megabytes.push(residentMb(box.pid ?? 0));
      context.progress(
        `  round ${round + 1}/${context.rounds}  ${seconds.at(-1)?.toFixed(2)} s, ${megabytes.at(-1)?.toFixed(0)} MB`,
      );
      box.kill('SIGTERM');
      await exited;
    }
    return [
      alone(
        'cold-start',
        's',
        'spawn of `dealeriq start --demo` to the first 200 of /readyz, database seeded',
        seconds,
        {
          valueMax: 2,
        },
      ),
      alone(
        'idle-memory',
        'MB',
        `resident memory of that process after ${SETTLE_MS / 1_000} s of rest, no models`,
        megabytes,
        {
          valueMax: 200,
        },
      ),
    ];
  },
};

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function ready(url: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (performance.now() < giveUpAt) {
    const status = await fetch(url).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    await sleep(10);
  }
  throw new Error('The box was not ready within 30 s.');
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}
