import { drainBox } from './link-drain.ts';
import { alone } from './support/compare.ts';
import { onCopy, remove } from './support/files.ts';
import { hubBenchmark } from './support/hub.ts';
import { outboxLog } from './support/outbox-log.ts';

/** Whether memory stays level while a large backlog goes up. */
export const linkMemory = hubBenchmark(
  'link-memory',
  'Resident memory above rest while 1,000,000 queued events go up.',
  async (context, hub) => {
    const source = await outboxLog(context, context.largeLogEvents, 'bulk');
    await hub.fresh();
    const { events, seconds, idleMb, peakMb } = await onCopy(context.folder, source, (dataDir) =>
      drainBox(dataDir, hub.url),
    );
    remove(source);
    context.progress(`  ${idleMb.toFixed(0)} MB at rest, ${peakMb.toFixed(0)} MB at most, ${seconds.toFixed(1)} s`);
    return [
      alone(
        'link-memory',
        'MB',
        'highest resident memory of a process with the runtime and the link, read every 50 ms, above the same process at rest before the link starts; 32 MB of that may be the page cache of SQLite; one round',
        [peakMb - idleMb],
        { valueMax: 150 },
        `${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s; ${idleMb.toFixed(0)} MB at rest`,
      ),
    ];
  },
);
