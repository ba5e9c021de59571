import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from './support/benchmark.ts';
import { benchFile, startBox } from './support/box.ts';
import { alternate } from './support/compare.ts';
import { CONNECTIONS, loadAndStop } from './support/load.ts';
import { startProcess } from './support/processes.ts';

/** What the middleware costs a route that does next to nothing. */
export const trivialRoute: Benchmark = {
  name: 'trivial-route',
  about: `GET /livez with ${CONNECTIONS} connections, through all middleware and on bare Hono.`,
  async run(context) {
    const dataDir = mkdtempSync(join(context.folder, 'livez-'));
    const first = await startBox(dataDir);
    const body = await (await fetch(`${first.url}/livez`)).text();
    await first.stop();
    return alternate(
      context,
      {
        label: 'dealeriq-edge',
        does: '`dealeriq start`: security headers, metrics, problem responses',
        async round() {
          const server = await startBox(dataDir);
          return loadAndStop(server, 'route.ts', `${server.url}/livez`, context.roundMs);
        },
      },
      [
        {
          name: 'trivial-route',
          unit: 'requests/s',
          target: { ratioMin: 0.7 },
          peer: {
            label: 'bare Hono',
            does: 'the same body from a Hono app without middleware on @hono/node-server',
            async round() {
              const server = await startProcess([benchFile('servers', 'bare-hono.ts'), body]);
              return loadAndStop(server, 'route.ts', `${server.url}/livez`, context.roundMs);
            },
          },
        },
      ],
    );
  },
};
