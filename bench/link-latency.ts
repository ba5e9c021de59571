import { setTimeout as sleep } from 'node:timers/promises';
import { connectHub } from '../edge/node/nats.ts';
import type { Lane } from '../src/core/event.ts';
import { laneStatus } from '../src/runtime/link.ts';
import { LinkCounters } from '../sync/counters.ts';
import { startLink } from '../sync/link.ts';
import { PRODUCTS } from './capture.ts';
import type { BenchContext } from './support/benchmark.ts';
import { alone } from './support/compare.ts';
import { DEALER_ID, DEVICE_ID, openDealer, orderInput } from './support/dealer.ts';
import { onCopy, remove } from './support/files.ts';
import { type BenchHub, hubBenchmark } from './support/hub.ts';
import { outboxLog } from './support/outbox-log.ts';

const BACKLOG_FULL = 200_000;
const ORDERS_FULL = 100;

/** A person's pace would be slower still; the order before has been answered by then. */
const PAUSE_MS = 30;

/** How soon an order is at the hub. */
export const linkLatency = hubBenchmark(
  'link-latency',
  'Time from the commit of an order to its acknowledgement by the hub, at rest and beside a large backlog.',
  async (context, hub) => {
    const small = context.roundMs < 1_000;
    const orders = small ? ORDERS_FULL / 5 : ORDERS_FULL;
    const backlog = small ? BACKLOG_FULL / 5 : BACKLOG_FULL;
    const empty = await outboxLog(context, 0, 'bulk');
    const full = await outboxLog(context, backlog, 'bulk');
    const atRest: number[] = [];
    const busy: number[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      atRest.push(await p95(context, hub, empty, orders));
      busy.push(await p95(context, hub, full, orders));
      context.progress(
        `  round ${round + 1}/${context.rounds}  p95 ${atRest.at(-1)?.toFixed(1)} ms at rest, ${busy.at(-1)?.toFixed(0)} ms beside the backlog`,
      );
    }
    remove(empty);
    remove(full);
    const does =
      'place-order through the runtime, one after the other; 95th percentile, over the events of the orders, of the time from the commit to the answer of the hub that the batch is stored on disk, as the link reports it';
    return [
      alone('link-latency', 'ms', `${does}; nothing else to send`, atRest, { valueMax: 100 }),
      alone(
        'link-latency / backlog',
        'ms',
        `${does}; while ${backlog.toLocaleString('en')} events of the other lane go up`,
        busy,
        { valueMax: 2_000 },
      ),
    ];
  },
);

async function p95(context: BenchContext, hub: BenchHub, source: string, orders: number): Promise<number> {
  await hub.fresh();
  return onCopy(context.folder, source, async (dataDir) => {
    const runtime = await openDealer(dataDir);
    const committed: number[] = [];
    const took: number[] = [];
    runtime.subscribe((events) => {
      for (const event of events) if (event.lane === 'live') committed.push(performance.now());
    });
    const counters = new LinkCounters();
    const report = counters.sent.bind(counters);
    counters.sent = (lane: Lane, events: number, ackMs: number) => {
      report(lane, events, ackMs);
      if (lane === 'bulk') return;
      for (const atMs of committed.splice(0, events)) took.push(performance.now() - atMs);
    };
    const hasBacklog = (await laneStatus(runtime, 'bulk')).pending > 0;
    const link = await startLink({
      runtime,
      connect: () => connectHub({ url: hub.url, dealerId: DEALER_ID, deviceId: DEVICE_ID }),
      counters,
      report: (error) => context.progress(String(error)),
    });
    while (link.state().state !== 'online' || (hasBacklog && counters.sentEvents.bulk === 0)) await sleep(5);
    for (let number = 0; number < orders; number += 1) {
      await runtime.execute('place-order', orderInput(number, PRODUCTS));
      await sleep(PAUSE_MS);
      if (hasBacklog && (await laneStatus(runtime, 'bulk')).pending === 0) break;
    }
    while (committed.length > 0) await sleep(5);
    await link.close();
    await runtime.close();
    took.sort((a, b) => a - b);
    return took[Math.floor(took.length * 0.95)] ?? Number.NaN;
  });
}
