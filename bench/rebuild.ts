import { createHash } from 'node:crypto';
import { openFileStore } from '../edge/node/open-store.ts';
import { projections } from '../src/projections/list.ts';
import { clientLoopRebuild } from './peers/client-loop-rebuild.ts';
import type { Benchmark } from './support/benchmark.ts';
import { alternate } from './support/compare.ts';
import { closeWhole, openDealer } from './support/dealer.ts';
import { eventLog } from './support/event-log.ts';

/** All read models again, from the whole log. */
export const rebuild: Benchmark = {
  name: 'rebuild',
  about: 'Derive all read models again from a log of 1,000,000 events.',
  async run(context) {
    const dataDir = await eventLog(context, context.largeLogEvents);
    const digests = new Set<string>();
    const measured = (label: string, does: string, seconds: () => Promise<number>) => ({
      label,
      does,
      async round() {
        const rate = context.largeLogEvents / (await seconds());
        digests.add(await digestOfReadModels(dataDir));
        if (digests.size > 1) throw new Error(`${label} derived other rows than the rounds before.`);
        return rate;
      },
    });
    return alternate(
      context,
      measured(
        'dealeriq-edge',
        'runtime.rebuild(): one SQL statement a step, one durable commit a read model',
        async () => {
          const runtime = await openDealer(dataDir);
          const start = performance.now();
          await runtime.rebuild();
          const seconds = (performance.now() - start) / 1_000;
          await closeWhole(runtime);
          return seconds;
        },
      ),
      [
        {
          name: 'rebuild',
          unit: 'events/s',
          target: { ratioMin: 4 },
          peer: measured(
            'client loop',
            '@libsql/client: pages of 5,000 events, JSON.parse, rows computed in JS, only the last stock of a SKU in a page written, upserts in durable batches of 500',
            () => clientLoopRebuild(dataDir),
          ),
          note: 'After each round the SHA-256 over all rows of all read models is the same for both.',
        },
      ],
    );
  },
};

async function digestOfReadModels(dataDir: string): Promise<string> {
  const store = await openFileStore(dataDir);
  const hash = createHash('sha256');
  for (const table of projections.flatMap((projection) => projection.tables)) {
    const order = table === 'products_fts' ? 'rowid' : '1, 2, 3';
    const rows = await store.read({ sql: `SELECT * FROM ${table} ORDER BY ${order}` });
    for (const row of rows) hash.update(JSON.stringify(row));
  }
  await store.close();
  return hash.digest('hex');
}
