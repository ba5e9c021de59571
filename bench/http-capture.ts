import { PRODUCTS, stockedDealer } from './capture.ts';
import type { Benchmark } from './support/benchmark.ts';
import { benchFile, startBox } from './support/box.ts';
import { alternate } from './support/compare.ts';
import { onCopy } from './support/files.ts';
import { CONNECTIONS, loadAndStop } from './support/load.ts';
import { type ServerProcess, startProcess } from './support/processes.ts';

/** Orders over HTTP, each answered when it is on disk. */
export const httpCapture: Benchmark = {
  name: 'http-capture',
  about: `POST /v1/orders with ${CONNECTIONS} connections, server and load in processes of their own.`,
  async run(context) {
    const source = await stockedDealer(context.folder);
    const contestant = (label: string, does: string, start: (dataDir: string) => Promise<ServerProcess>) => ({
      label,
      does,
      round: () =>
        onCopy(context.folder, source, async (dataDir) => {
          const server = await start(dataDir);
          return loadAndStop(server, 'orders.ts', server.url, context.roundMs, String(PRODUCTS));
        }),
    });
    return alternate(
      context,
      contestant(
        'dealeriq-edge',
        '`dealeriq start`: all middleware, authentication, validation, idempotency, pricing, stock reservation; group commit, synchronous=FULL, 201 after the commit',
        (dataDir) => startBox(dataDir),
      ),
      [
        {
          name: 'http-capture',
          unit: 'orders/s',
          target: { ratioMin: 2 },
          peer: contestant(
            'node:http + better-sqlite3',
            'JSON.parse, one transaction an order with the same ready-made rows in prepared inserts, synchronous=FULL, 201 with the order; no middleware, no validation, decides nothing',
            (dataDir) => startProcess([benchFile('servers', 'raw-orders.ts'), dataDir, String(PRODUCTS)]),
          ),
        },
      ],
    );
  },
};
