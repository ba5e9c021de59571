import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BetterSqlite3Capture } from '../peers/better-sqlite3-capture.ts';

/** Captures orders with node:http and better-sqlite3 and nothing else: `raw-orders.ts DATA_DIR PRODUCTS`. */
const [dataDir = '', products = ''] = process.argv.slice(2);
const capture = new BetterSqlite3Capture(dataDir, Number(products));

async function bodyOf(request: IncomingMessage): Promise<{ lines: unknown[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as { lines: unknown[] };
}

const server = createServer((request, response) => {
  bodyOf(request)
    .then((body) => {
      if (!Array.isArray(body.lines) || request.headers['idempotency-key'] === undefined) {
        response.writeHead(400).end();
        return;
      }
      const text = JSON.stringify(capture.place().order);
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    })
    .catch(() => response.writeHead(400).end());
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => {
    capture.close();
    process.exit(0);
  });
});
