import { connectHub } from '../../edge/node/nats.ts';
import type { Lane } from '../../src/core/event.ts';
import { createSignal } from '../../sync/core/signal.ts';
import { runLane } from '../../sync/core/uplink.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { DEALER_ID, DEVICE_ID, openDealer } from './dealer.ts';

/** Seconds until a lane's backlog is in the stream, acknowledged, and the cursor says so durably. */
export async function drainLane(dataDir: string, url: string, lane: Lane, events: number): Promise<number> {
  const runtime = await openDealer(dataDir);
  const connection = await connectHub({ url, dealerId: DEALER_ID, deviceId: DEVICE_ID });
  const abort = new AbortController();
  const counters = new LinkCounters();
  const report = Object.assign(counters, {
    sent(sentLane: Lane, count: number, ackMs: number) {
      LinkCounters.prototype.sent.call(counters, sentLane, count, ackMs);
      if (counters.sentEvents[lane] >= events) abort.abort();
    },
  });
  const { store, identity, ports } = runtime;
  const start = performance.now();
  await runLane(
    lane,
    { store, identity, clock: ports.clock, hub: connection.up, grown: createSignal(), report },
    abort.signal,
  );
  const seconds = (performance.now() - start) / 1_000;
  await connection.close();
  await runtime.close();
  if (counters.conflicts[lane] + counters.resends[lane] > 0) throw new Error('The drain met conflicts or resends.');
  return seconds;
}
