import { rowByRowRelay } from './peers/link-row-by-row.ts';
import { alternate } from './support/compare.ts';
import { drainLane } from './support/drain.ts';
import { onCopy, remove } from './support/files.ts';
import { hubBenchmark } from './support/hub.ts';
import { outboxLog } from './support/outbox-log.ts';

const EVENTS = 20_000;

/** How fast a backlog goes up. */
export const linkUplink = hubBenchmark(
  'link-uplink',
  `Send ${EVENTS.toLocaleString('en')} events to a real nats-server with sync_interval: always.`,
  async (context, hub) => {
    const source = await outboxLog(context, EVENTS, 'live');
    const comparisons = await alternate(
      context,
      {
        label: 'dealeriq-edge',
        does: 'runLane() over JetStream: all attributes as headers, guarded atomic batches, one durable cursor a batch; from asking the hub for its last event to the last cursor',
        round: async () => {
          await hub.fresh();
          return onCopy(
            context.folder,
            source,
            async (dataDir) => EVENTS / (await drainLane(dataDir, hub.url, 'live', EVENTS)),
          );
        },
      },
      [
        {
          name: 'link-uplink',
          unit: 'events/s',
          target: { ratioMin: 25 },
          peer: {
            label: 'row-by-row relay',
            does: 'the same payloads to the same stream: select the next row that is not sent (better-sqlite3, partial index), await js.publish with Nats-Msg-Id, update the row in a durable commit of its own; one header',
            round: async () => {
              await hub.fresh();
              return rowByRowRelay(context.folder, hub.url, EVENTS, context.roundMs);
            },
          },
        },
      ],
    );
    remove(source);
    return comparisons;
  },
);
