import { connectHub } from '../edge/node/nats.ts';
import { runDownlink } from '../sync/core/downlink.ts';
import { PRODUCTS, stockedDealer } from './capture.ts';
import { oneByOne } from './peers/link-one-by-one.ts';
import { alternate } from './support/compare.ts';
import { DEALER_ID, DEVICE_ID, openDealer } from './support/dealer.ts';
import { fillDownStream } from './support/down-stream.ts';
import { onCopy, remove } from './support/files.ts';
import { hubBenchmark } from './support/hub.ts';

const DELIVERIES = 20_000;

/** How fast what comes down is applied. */
export const linkDownlink = hubBenchmark(
  'link-downlink',
  `Apply ${DELIVERIES.toLocaleString('en')} changes of products and prices from a real nats-server.`,
  async (context, hub) => {
    const source = await stockedDealer(context.folder);
    await fillDownStream(hub.nc, DELIVERIES);
    const peer = (how: 'next' | 'consume', does: string) => ({
      label: `one by one, ${how}()`,
      does: `${does}; runtime.receive() with its own durable commit (contract check, log, inbox row, read models); then the acknowledgement, not awaited`,
      round: () => onCopy(context.folder, source, (dataDir) => oneByOne(dataDir, hub.url, how, context.roundMs)),
    });
    const comparisons = await alternate(
      context,
      {
        label: 'dealeriq-edge',
        does: `runDownlink() over JetStream: the same runtime.receive(), applied in groups; ${DELIVERIES.toLocaleString('en')} deliveries over ${PRODUCTS.toLocaleString('en')} products, from asking where to go on to the last awaited acknowledgement`,
        round: () => onCopy(context.folder, source, async (dataDir) => DELIVERIES / (await applyAll(dataDir, hub.url))),
      },
      [
        {
          name: 'link-downlink',
          unit: 'events/s',
          target: { ratioMin: 12 },
          peer: peer('next', 'asks for one message at a time'),
        },
        {
          name: 'link-downlink / prefetched',
          unit: 'events/s',
          peer: peer('consume', 'lets the client fetch ahead'),
        },
      ],
    );
    remove(source);
    return comparisons;
  },
);

/** Seconds until every delivery is applied, durable and acknowledged. */
export async function applyAll(dataDir: string, url: string): Promise<number> {
  const runtime = await openDealer(dataDir);
  const head = runtime.head();
  const connection = await connectHub({ url, dealerId: DEALER_ID, deviceId: DEVICE_ID });
  const abort = new AbortController();
  let applied = 0;
  const start = performance.now();
  await runDownlink(
    {
      runtime,
      hub: connection.down,
      clock: runtime.ports.clock,
      report: {
        applied: (count) => {
          applied += count;
          if (applied >= DELIVERIES) abort.abort();
        },
        gap: () => undefined,
        snapshot: () => undefined,
      },
    },
    abort.signal,
  );
  const seconds = (performance.now() - start) / 1_000;
  if (runtime.head() - head !== DELIVERIES) throw new Error(`${runtime.head() - head} deliveries were logged.`);
  await connection.close();
  await runtime.close();
  return seconds;
}
