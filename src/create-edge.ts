import type { OpenAPIHono } from '@hono/zod-openapi';
import type { UpgradeWebSocket } from 'hono/ws';
import type { Metrics, Ports } from './core/ports.ts';
import { createHttp } from './http/app.ts';
import { type Authenticate, localAuth } from './http/auth.ts';
import { type Advice, type AdviceModels, type StockPolicy, startAdvice } from './runtime/advice.ts';
import { type Link, offlineLink } from './runtime/link.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import type { Migration } from './store/migrate.ts';
import type { Store } from './store/store.ts';

export interface EdgeOptions {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly store: Store;
  readonly ports: Ports;
  readonly migrations: readonly Migration[];
  /** Opens an empty database for replays into an evaluation. */
  openScratch(): Promise<Store>;
  /** Who may call the API; everybody unless given, which is right only inside your own process. */
  readonly authenticate?: Authenticate;
  readonly metrics?: Metrics;
  readonly version?: string;
  readonly upgradeWebSocket?: UpgradeWebSocket;
  /** Forecasts and suggestions; left out, none are made. */
  readonly advice?: { readonly models: AdviceModels; readonly policy: StockPolicy };
  /** Told of errors that are nobody's request's fault. */
  readonly report?: (error: unknown) => void;
}

/** An edge runtime in somebody's own program. */
export interface Edge {
  /** Commands and events in, log and read models out. */
  readonly runtime: Runtime;
  /** The HTTP API: serve it, or mount it with `app.route('/edge', edge.app)`. */
  readonly app: OpenAPIHono;
  readonly link: Link;
  readonly advice: Advice | undefined;
  close(): Promise<void>;
}

const NO_METRICS: Metrics = { request: () => undefined, text: async () => '' };

/** Opens an edge runtime with its HTTP API on the store and ports that you bring. */
export async function createEdge(options: EdgeOptions): Promise<Edge> {
  const runtime = await createRuntime(options);
  const link = await offlineLink(runtime);
  const advice =
    options.advice &&
    startAdvice({
      runtime,
      ...options.advice,
      codeVersion: options.version ?? '0.1.0',
      report: (error) => options.report?.(error),
    });
  const app = createHttp({
    runtime,
    link,
    advice,
    authenticate: options.authenticate ?? localAuth(options.dealerId),
    metrics: options.metrics ?? NO_METRICS,
    replay: { migrations: options.migrations, openScratch: () => options.openScratch() },
    version: options.version ?? '0.1.0',
    upgradeWebSocket: options.upgradeWebSocket,
    ...(options.report === undefined ? {} : { report: options.report }),
  });
  return {
    runtime,
    app,
    link,
    advice,
    async close() {
      await advice?.close();
      await runtime.close();
    },
  };
}
