import { replay } from '../../../../src/runtime/replay.ts';
import { readMigrations } from '../../migrations.ts';
import { openMemoryStore } from '../../open-store.ts';
import { withBox } from '../open-box.ts';
import { Progress } from '../progress.ts';
import type { Check } from './machine.ts';

/** A box that runs may log something between the two sides of the comparison. */
const ATTEMPTS = 3;

/** Derives the read models aside from the whole log and compares them with the live ones. */
export async function checkReadModels(): Promise<Check> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const compared = await compare();
    if (compared === 'empty') return { name: 'read models', status: 'ok', detail: 'the log is empty' };
    if (compared.different.length === 0) {
      return {
        name: 'read models',
        status: 'ok',
        detail: `${compared.count} equal the log (${compared.milliseconds} ms)`,
      };
    }
    if (compared.quiet) {
      return {
        name: 'read models',
        status: 'fail',
        detail: `${compared.different.join(', ')} differ from the log`,
        fix: 'Run `dealeriq replay --into projections --execute`; the log is what counts.',
      };
    }
  }
  return {
    name: 'read models',
    status: 'warn',
    detail: 'could not be compared: the box logs events all the time',
    fix: 'Run it again when the box is less busy.',
  };
}

async function compare() {
  const progress = new Progress('Comparing the read models with the log');
  try {
    return await withBox(async (runtime) => {
      const head = runtime.head();
      if (head === 0) return 'empty' as const;
      const result = await replay(
        runtime,
        { into: 'evaluation', dryRun: false },
        { migrations: readMigrations(), openScratch: openMemoryStore },
        (done, total) => progress.update(done, total, 'events'),
      );
      const [row] = await runtime.store.read({ sql: 'SELECT max(position) AS head FROM events' });
      return {
        count: result.projections.length,
        different: result.projections.filter((projection) => projection.same === false).map(({ name }) => name),
        milliseconds: result.milliseconds,
        quiet: Number(row?.head) === head,
      };
    });
  } finally {
    progress.end();
  }
}
