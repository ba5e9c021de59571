import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** The liveness route on Hono with no middleware at all; the body is that of ours, given as the argument. */
const body = JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>;
const app = new Hono();
app.get('/livez', (c) => c.json(body));

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), 200).unref();
});
