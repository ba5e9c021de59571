import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { bundledEncoder, openEncoder } from '../edge/node/cli/encoder-folder.ts';
import type { Benchmark, Contestant } from './support/benchmark.ts';
import { alone, alternate, skipped } from './support/compare.ts';

/** Product texts as dealers have them: a name, and what is said of it. */
const TEXTS = [
  'Hydraulic hose 3/4" two-wire, 2 m. For loaders and balers; crimped ends, oil resistant to 100 °C.',
  'Oil filter element, spin-on. Fits four-cylinder diesel engines built from 2008; change every 250 hours.',
  'Deep groove ball bearing 6205-2RS, sealed on both sides, for idlers and gearboxes.',
  'Battery 12 V 110 Ah, maintenance-free, 850 A cold start, for tractors and harvesters.',
  'Hex bolt M10 x 60, strength class 8.8, zinc plated, pack of 50.',
  'Wiper blade 650 mm with washer jet for the cab, winter rubber.',
];

/** One text after another through the encoder that ships, beside its teacher in the same runtime. */
export const embeddings: Benchmark = {
  name: 'embeddings',
  about:
    'A product text of about 20 words, embedded one after another in onnxruntime-web; and the memory that this adds.',
  async run(context) {
    const memory = alone(
      'embeddings / memory',
      'MB',
      'resident memory of a process after 200 texts, less that before the encoder was opened',
      Array.from({ length: Math.min(3, context.rounds) }, addedMegabytes),
      { valueMax: 150 },
    );
    const teacher = process.env.TEACHER_DIR;
    if (teacher === undefined || !existsSync(teacher)) {
      const why = 'TEACHER_DIR names no folder with all-MiniLM-L6-v2 in the form of transformers.js';
      return [memory, skipped('embeddings / teacher', why)];
    }
    const compared = await alternate(context, contestant('dealeriq-edge', bundledEncoder(), context.roundMs), [
      {
        name: 'embeddings / teacher',
        unit: 'requests/s',
        target: { ratioMin: 3 },
        peer: contestant('all-MiniLM-L6-v2', teacher, context.roundMs),
        note: 'A request is one text.',
      },
    ]);
    return [...compared, memory];
  },
};

function contestant(label: string, folder: string, roundMs: number): Contestant {
  return {
    label,
    does: `the encoder of ${label} in onnxruntime-web, one thread`,
    async round() {
      const encoder = await openEncoder(folder);
      try {
        await encoder.embed(TEXTS);
        const start = performance.now();
        let done = 0;
        while (performance.now() - start < roundMs) await encoder.embed([TEXTS[done++ % TEXTS.length] ?? '']);
        return (done * 1_000) / (performance.now() - start);
      } finally {
        await encoder.close();
      }
    },
  };
}

/** Measured in a process of its own: what one run leaves behind is none of the next one's. */
function addedMegabytes(): number {
  const module = new URL('../edge/node/cli/encoder-folder.ts', import.meta.url).href;
  const program = `
    const { bundledEncoder, openEncoder } = await import(${JSON.stringify(module)});
    globalThis.gc();
    const before = process.memoryUsage().rss;
    const encoder = await openEncoder(bundledEncoder());
    for (let at = 0; at < 200; at += 1) await encoder.embed([${JSON.stringify(TEXTS)}[at % ${TEXTS.length}]]);
    globalThis.gc();
    console.log((process.memoryUsage().rss - before) / 1e6);
  `;
  return Number(
    execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], { encoding: 'utf8' }),
  );
}
