import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Next } from 'hono';
import type { UpgradeWebSocket } from 'hono/ws';
import { EdgeError } from '../core/errors.ts';
import type { Metrics } from '../core/ports.ts';
import type { Advice } from '../runtime/advice.ts';
import type { Link } from '../runtime/link.ts';
import type { ShippedModel } from '../runtime/models.ts';
import type { ReplaySupport } from '../runtime/replay.ts';
import type { SemanticSearch } from '../runtime/semantic-search.ts';
import type { Runtime } from '../runtime.ts';
import type { Api } from './api.ts';
import type { Authenticate } from './auth.ts';
import { otherMethods } from './methods.ts';
import { openApiRoutes } from './openapi.ts';
import { problemResponse, SECURITY_HEADERS } from './problem.ts';
import { adviceRoutes } from './routes/advice.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { dealerRoutes } from './routes/dealer.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { modelRoutes } from './routes/models.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { orderRoutes } from './routes/orders.ts';
import { productRoutes } from './routes/products.ts';
import { quoteRoutes } from './routes/quotes.ts';
import { replayRoutes } from './routes/replay.ts';
import { supportRoutes } from './routes/support.ts';
import { syncRoutes } from './routes/sync.ts';

export interface HttpOptions {
  readonly runtime: Runtime;
  readonly link: Link;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  /** What forecasts and suggests; without it the API serves what the log holds. */
  readonly advice?: Advice | undefined;
  /** Search by meaning; without it products are found by their words. */
  readonly semantic?: SemanticSearch | undefined;
  /** The models that came with the program. */
  readonly shippedModels?: (() => Promise<readonly ShippedModel[]>) | undefined;
  readonly replay: ReplaySupport;
  readonly version: string;
  /** Why orders cannot be taken now; empty when they can. */
  readonly readiness?: Readiness;
  /** Told of errors that are nobody's request's fault. */
  readonly report?: (error: unknown) => void;
  readonly upgradeWebSocket?: UpgradeWebSocket | undefined;
}

/** The HTTP API on web standards only: it runs on Node, in a Worker and inside another Hono app. */
export function createHttp(options: HttpOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  const api: Api = { app, runtime: options.runtime, authenticate: options.authenticate };
  const report = options.report ?? (() => undefined);

  app.use(everyRequest(options.metrics, () => options.runtime.ports.clock.nowMs()));
  app.onError((error) => problemResponse(error, report));
  app.notFound(() =>
    problemResponse(new EdgeError('not-found', 'There is nothing at this address. /docs lists what there is.'), report),
  );

  healthRoutes(api, {
    readiness: options.readiness ?? (() => readable(options.runtime)),
    metrics: options.metrics,
    version: options.version,
  });
  orderRoutes(api);
  quoteRoutes(api);
  productRoutes(api, options.semantic);
  inventoryRoutes(api);
  eventRoutes(api);
  catalogRoutes(api);
  dealerRoutes(api);
  supportRoutes(api);
  adviceRoutes(api, options.advice);
  modelRoutes(api, options.shippedModels ?? (async () => []));
  syncRoutes(api, options.link);
  notificationRoutes(api, options.upgradeWebSocket);
  deadLetterRoutes(api);
  replayRoutes(api, options.replay);
  openApiRoutes(api, options.version);
  otherMethods(app);
  return app;
}

const securityHeaders = Object.entries(SECURITY_HEADERS);

/**
 * What every answer gets, in one middleware: stock middlewares for the same cost more than half of the throughput
 * together.
 */
function everyRequest(metrics: Metrics, nowMs: () => number) {
  return async (c: Context, next: Next) => {
    const startedMs = nowMs();
    for (const [name, value] of securityHeaders) c.header(name, value);
    await next();
    metrics.request(c.req.routePath, c.req.method, c.res.status, (nowMs() - startedMs) / 1000);
  };
}

async function readable(runtime: Runtime): Promise<readonly string[]> {
  try {
    await runtime.store.read({ sql: 'SELECT position FROM events ORDER BY position DESC LIMIT 1' });
    return [];
  } catch (error) {
    return [error instanceof EdgeError ? error.detail : 'The database cannot be read.'];
  }
}
