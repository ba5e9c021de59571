import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, resolve, sep } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CONTENT_SECURITY_POLICY, DOCS_START_SCRIPT } from '../../src/http/openapi.ts';
import { packageFolder } from './migrations.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
};

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>DealerIQ Edge</title>
<p>The dealer app is not built. Run <code>npm run build</code>, or use <a href="/docs">the API</a>.</p>`;

/** Serves the dealer app at `/` and the API reference's files under `/docs/assets`. */
export function serveAssets(app: OpenAPIHono, appFolder: string = packageFolder(join('dist', 'app'))): void {
  const swagger = resolve(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'), '..');
  app.get('/docs/assets/start.js', (c) => asset(c, Buffer.from(DOCS_START_SCRIPT), '.js', 'no-cache'));
  app.get('/docs/assets/:file{swagger-ui(-bundle)?\\.(js|css)}', async (c) => {
    const file = c.req.param('file');
    return asset(c, await readFile(join(swagger, file)), extname(file), 'public, max-age=3600');
  });
  app.get('/', (c) => page(c, appFolder));
  app.get('/:path{.+\\.(js|css|svg|png|ico|json|webmanifest|woff2|map|html)}', async (c, next) => {
    const path = resolve(appFolder, `.${sep}${c.req.param('path')}`);
    if (!path.startsWith(appFolder + sep) || !existsSync(path)) return next();
    // Vite puts a digest into the names under assets/, so those never change.
    const caching = path.startsWith(join(appFolder, 'assets') + sep)
      ? 'public, max-age=31536000, immutable'
      : 'no-cache';
    return asset(c, await readFile(path), extname(path), caching);
  });
}

async function page(c: Context, appFolder: string): Promise<Response> {
  const index = join(appFolder, 'index.html');
  const html = existsSync(index) ? await readFile(index) : Buffer.from(NOT_BUILT);
  c.header('content-security-policy', CONTENT_SECURITY_POLICY);
  return asset(c, html, '.html', 'no-cache');
}

function asset(c: Context, bytes: Buffer, extension: string, caching: string): Response {
  c.header('cache-control', caching);
  c.header('content-type', TYPES[extension] ?? 'application/octet-stream');
  return c.body(new Uint8Array(bytes));
}
