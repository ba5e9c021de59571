import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../edge/node/migrations.ts';
import { benchmarks } from './list.ts';
import { endBackbone } from './support/backbone.ts';
import type { BenchContext, Comparison } from './support/benchmark.ts';
import { benchFolder, remove } from './support/files.ts';
import { describeMachine } from './support/machine.ts';
import { table } from './support/report.ts';

const HELP = `Usage: npm run bench -- [options]

Runs every benchmark side by side with its peers and prints one table.

  --only NAME   only this benchmark; may be given more than once
  --quick       fewer and shorter rounds and a log of 100,000 events: a check that it works, not a figure
  --json FILE   where the figures go (bench/results/<time>.json)
  --help        this text

Benchmarks:
${benchmarks.map((one) => `  ${one.name.padEnd(14)}${one.about}`).join('\n')}
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  process.stdout.write(HELP);
} else {
  process.exitCode = await run();
}

async function run(): Promise<number> {
  const unknown = (options.only ?? []).filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}. See --help.\n`);
    return 2;
  }
  const folder = benchFolder();
  // A run that is interrupted leaves nothing behind either.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove(folder);
      process.exit(130);
    });
  }
  const context: BenchContext = {
    rounds: options.quick ? 2 : 5,
    roundMs: options.quick ? 500 : 2_000,
    largeLogEvents: options.quick ? 100_000 : 1_000_000,
    folder,
    progress: (text) => process.stderr.write(`${text}\n`),
  };
  try {
    const machine = describeMachine(folder);
    const startedAt = new Date().toISOString();
    const comparisons: Comparison[] = [];
    const chosen = benchmarks.filter((one) => options.only?.includes(one.name) ?? true);
    for (const benchmark of chosen) {
      context.progress(`${benchmark.name}: ${benchmark.about}`);
      comparisons.push(...(await benchmark.run(context)));
    }
    process.stdout.write(`${table(comparisons, machine)}\n`);
    const path = options.json ?? join(packageFolder('bench'), 'results', `${startedAt.replaceAll(':', '-')}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ startedAt, quick: options.quick, machine, comparisons }, null, 2)}\n`);
    context.progress(`Figures in ${path}`);
    return comparisons.some((one) => one.met === false) ? 1 : 0;
  } finally {
    await endBackbone();
    remove(folder);
  }
}
