import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'edge/**/*.test.ts',
      'sync/**/*.test.ts',
      'models/**/*.test.ts',
      'test/**/*.test.ts',
      'app/**/*.test.ts',
    ],
    // A worker thread that is ended with libsql loaded takes the whole process with it.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 10_000,
    reporters: ['default', './test/reporter/closing-line.ts'],
  },
});
