import type { Api } from './api.ts';
import { scopes } from './auth.ts';

/** `/openapi.json`, generated from the routes, and `/docs`, a page to read and try it. */
export function openApiRoutes(api: Api, version: string): void {
  api.app.openAPIRegistry.registerComponent('securitySchemes', 'oauth2', {
    type: 'oauth2',
    description: 'With AUTH=oauth2. On the loopback demo (AUTH=local) no token is needed.',
    flows: {
      clientCredentials: {
        tokenUrl: 'https://issuer.example/token',
        scopes: Object.fromEntries(scopes.map((scope) => [`dealeriq:${scope}`, scope])),
      },
    },
  });
  let document: object | undefined;
  api.app.get('/openapi.json', (c) => {
    document ??= plainPatterns(
      api.app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'DealerIQ Edge',
          version,
          description: 'The runtime of one dealer site: orders, prices, stock and events, with no network too.',
          license: { name: 'Apache-2.0' },
        },
        servers: [{ url: '/' }],
      }),
    );
    return c.json(document);
  });
  api.app.get('/docs', (c) => c.html(DOCS_PAGE, 200, { 'content-security-policy': CONTENT_SECURITY_POLICY }));
}

/**
 * The generator writes a regular expression that has flags as `source/flags`; a `pattern` of JSON Schema has none, and
 * is always read with `u`.
 */
function plainPatterns(document: object): object {
  const text = JSON.stringify(document, (key, value: unknown) =>
    key === 'pattern' && typeof value === 'string' ? value.replace(/\/[a-z]+$/, '') : value,
  );
  return JSON.parse(text) as object;
}

/** For pages: everything comes from the box itself. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Swagger UI, served from the box: the page works with no network. */
const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DealerIQ Edge API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript. The description itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>`;

/** The script that starts the page; a file of its own, so that no inline script has to be allowed. */
export const DOCS_START_SCRIPT =
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true });";
