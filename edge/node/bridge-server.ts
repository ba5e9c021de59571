import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { EdgeError } from '../../src/core/errors.ts';
import type { BridgeMetrics } from './bridge-metrics.ts';
import { version } from './version.ts';

export interface BridgeServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface BridgeServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: BridgeMetrics;
  /** Further routes, such as those of the dead letters. */
  readonly routes?: Hono | undefined;
}

/** Serves what operators ask a copy of the bridge: `/livez`, `/readyz`, `/metrics`, `/v1/bridge`, and further routes. */
export async function serveBridge({ host, port, metrics, routes }: BridgeServerOptions): Promise<BridgeServer> {
  const app = new Hono();
  app.get('/livez', (context) => context.json({ status: 'ok', version }));
  app.get('/readyz', (context) => {
    const { shards, failing } = metrics.status();
    const reasons = Object.entries(failing).map(([name, reason]) => `${name}: ${reason}`);
    // A copy without a shard is ready: others run them all, and it stands by.
    const isReady = reasons.length === 0;
    return context.json({ status: isReady ? 'ready' : 'not-ready', shards, reasons }, isReady ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  app.get('/v1/bridge', (context) => context.json(metrics.status()));
  if (routes !== undefined) app.route('/', routes);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new EdgeError(
              'invalid-config',
              `Port ${port} of ${host} is taken. Choose another --port; 0 takes a free one.`,
            )
          : error,
      ),
    );
    server.listen(port, host, () => resolve());
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
