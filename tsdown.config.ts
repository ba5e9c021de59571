import { defineConfig } from 'tsdown';

/** One bundle an entry of the package's exports, and the command line. Types come from tsc. */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    events: 'src/events/index.ts',
    http: 'src/http/index.ts',
    node: 'edge/node/index.ts',
    testing: 'src/testing/index.ts',
    sync: 'sync/index.ts',
    models: 'models/index.ts',
    cli: 'edge/node/cli.ts',
    'inference-thread': 'edge/node/advice/inference-thread.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node22',
  outDir: 'dist',
  clean: false,
  dts: false,
  sourcemap: true,
  fixedExtension: false,
});
