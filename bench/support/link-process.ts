import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectHub } from '../../edge/node/nats.ts';
import { LANES } from '../../src/core/event.ts';
import { laneStatus } from '../../src/runtime/link.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { startLink } from '../../sync/link.ts';
import { DEALER_ID, DEVICE_ID, openDealer } from './dealer.ts';

/** How a box drained its backlog: what the program prints. */
export interface Drained {
  readonly events: number;
  readonly seconds: number;
  readonly idleMb: number;
  readonly peakMb: number;
}

/** How long the box rests before its memory is read, and how often it is read while it drains, in milliseconds. */
const SETTLE_MS = 3_000;
const SAMPLE_MS = 50;

/** A box of its own: opens a data folder, rests, starts the link and lets everything go up. */
const [dataDir = '', url = ''] = process.argv.slice(2);
const runtime = await openDealer(dataDir);
await sleep(SETTLE_MS);
const idleMb = residentMb();
let peakMb = idleMb;
const sampling = setInterval(() => {
  peakMb = Math.max(peakMb, residentMb());
}, SAMPLE_MS);
let queued = 0;
for (const lane of LANES) queued += (await laneStatus(runtime, lane)).pending;
const start = performance.now();
const link = await startLink({
  runtime,
  connect: () => connectHub({ url, dealerId: DEALER_ID, deviceId: DEVICE_ID }),
  counters: new LinkCounters(),
  report: (error) => process.stderr.write(`${String(error)}\n`),
});
for (const lane of LANES) {
  while ((await laneStatus(runtime, lane)).pending > 0) await sleep(20);
}
const drained: Drained = { events: queued, seconds: (performance.now() - start) / 1_000, idleMb, peakMb };
clearInterval(sampling);
await link.close();
await runtime.close();
process.stdout.write(JSON.stringify(drained));

function residentMb(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024;
}
