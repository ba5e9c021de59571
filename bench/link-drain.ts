import { pipelinedPublisher } from './peers/link-pipelined.ts';
import { benchFile } from './support/box.ts';
import { alone, alternate } from './support/compare.ts';
import { onCopy, remove } from './support/files.ts';
import { hubBenchmark } from './support/hub.ts';
import type { Drained } from './support/link-process.ts';
import { outboxLog } from './support/outbox-log.ts';
import { runForJson } from './support/processes.ts';

const EVENTS = 50_000;
const PEER_EVENTS = 5_000;

/** Starts a box on a data folder and lets it send everything. */
export function drainBox(dataDir: string, url: string): Promise<Drained> {
  return runForJson<Drained>([benchFile('support', 'link-process.ts'), dataDir, url]);
}

/** How long a box takes to catch up after an outage. */
export const linkDrain = hubBenchmark(
  'link-drain',
  `Catch up with ${EVENTS.toLocaleString('en')} queued events, with sync_interval: always.`,
  async (context, hub) => {
    const source = await outboxLog(context, EVENTS, 'live');
    const seconds: number[] = [];
    const does =
      'startLink() in a process of its own: from the start of the link (connecting, both lanes, downlink) to the last durable cursor';
    const comparisons = await alternate(
      context,
      {
        label: 'dealeriq-edge',
        does,
        round: async () => {
          await hub.fresh();
          const drained = await onCopy(context.folder, source, (dataDir) => drainBox(dataDir, hub.url));
          if (drained.events !== EVENTS) throw new Error(`The box had ${drained.events} events to send.`);
          seconds.push(drained.seconds);
          return EVENTS / drained.seconds;
        },
      },
      [
        {
          name: 'link-drain / pipelined',
          unit: 'events/s',
          peer: {
            label: 'pipelined publisher',
            does: `js.publish with 500 on their way at once, then one durable UPDATE for them; ${PEER_EVENTS.toLocaleString('en')} events; no guard, so a lost answer can repeat or reorder events`,
            round: async () => {
              await hub.fresh();
              return pipelinedPublisher(context.folder, hub.url, PEER_EVENTS);
            },
          },
        },
      ],
    );
    remove(source);
    return [alone('link-drain', 's', does, seconds, { valueMax: 60 }), ...comparisons];
  },
);
