import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileEdge } from 'dealeriq-edge/node';
import { Hono } from 'hono';

/** The edge runtime inside your own Hono app: mounted under /edge, with your own route beside it. */
const edge = await createFileEdge({
  dealerId: 'D042',
  deviceId: 'POS1',
  dataDir: join(mkdtempSync(join(tmpdir(), 'dealeriq-')), 'data'),
});

const app = new Hono();
app.get('/hello', (c) => c.text('my own route'));
app.route('/edge', edge.app);

// Every event as it is logged, in your own code.
edge.runtime.subscribe((events) => {
  for (const event of events) process.stdout.write(`logged ${event.type} at position ${event.position}\n`);
});

const committed = await edge.runtime.execute('create-ticket', {
  title: 'Hose leaks at the crimp',
  body: 'Fitted yesterday.',
  category: 'technical',
  priority: 'high',
  language: 'en',
});
process.stdout.write(`ticket ${committed.events[0]?.subject} is durable\n`);

const response = await app.request('/edge/v1/events?type=ticket.created');
const page = (await response.json()) as { items: unknown[] };
process.stdout.write(`${page.items.length} ticket in the log, over HTTP\n`);

await edge.close();
