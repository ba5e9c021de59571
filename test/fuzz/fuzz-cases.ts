import fc from 'fast-check';
import { encoder, jsonOf, mutated, mutation, spoil, text } from './fuzz-mutations.ts';

/** A request as a fuzzer makes it. */
export interface FuzzCase {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Valid bodies by route: what mutations start from. */
const BODIES: readonly (readonly [string, unknown])[] = [
  [
    '/v1/orders',
    {
      lines: [
        { sku: 'HOSE-08', quantity: 1 },
        { sku: 'BOLT-M8', quantity: 10 },
      ],
      poNumber: 'PO-1',
      note: 'n',
      priceSeen: { netMinor: 5120, currency: 'EUR', lines: [{ sku: 'HOSE-08', unitPriceMinor: 5000 }] },
    },
  ],
  [
    '/v1/quotes',
    {
      lines: [
        { sku: 'HOSE-08', quantity: 4 },
        { sku: 'NO-SUCH', quantity: 1 },
      ],
    },
  ],
  ['/v1/orders/no-such/cancel', { reason: 'because' }],
  ['/v1/inventory/movements', { sku: 'HOSE-08', kind: 'receive', quantity: 3, reason: 'r' }],
  ['/v1/tickets', { title: 't', body: 'b', category: 'other', priority: 'low', sku: 'HOSE-08', language: 'en' }],
  ['/v1/feedback', { target: { kind: 'product', id: 'HOSE-08' }, signal: 'rated', score: 0.5, comment: 'c' }],
  [
    '/v1/replay',
    {
      from: { position: 1 },
      to: { time: '2030-01-01T00:00:00Z' },
      into: 'evaluation',
      projections: ['orders'],
      dryRun: true,
    },
  ],
];

const POSTS_WITHOUT_BODY = ['/v1/sync/pause', '/v1/sync/resume', '/v1/dlq/no-such/retry', '/v1/dlq/no-such/discard'];

const LISTS = [
  '/v1/orders',
  '/v1/products',
  '/v1/inventory',
  '/v1/tickets',
  '/v1/dlq',
  '/v1/events',
  '/v1/notifications',
];
const SINGLES = ['/v1/orders/', '/v1/products/', '/v1/dlq/', '/v1/catalog/', '/v1/products/HOSE-08/', '/v1/', '/'];
const PARAMETERS = [
  'q',
  'category',
  'cursor',
  'limit',
  'status',
  'state',
  'sku',
  'after',
  'type',
  'subject',
  '__proto__',
  'x',
];

const OVERSIZED = encoder.encode(`{"note":"${'x'.repeat(1_048_600)}"}`);

const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/cloudevents+json',
      'json',
      'a'.repeat(300),
    ),
  },
);

/** What a header may hold on the wire: Latin-1 without controls. */
const headerText = fc
  .array(fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff })), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const headers = fc.dictionary(
  fc.constantFrom(
    'idempotency-key',
    'traceparent',
    'last-event-id',
    'content-length',
    'accept',
    'x-forwarded-for',
    'ce-id',
    'ce-type',
    'ce-specversion',
    'ce-__proto__',
    'ce-time',
    'authorization',
    'upgrade',
    'range',
    'sec-fetch-site',
  ),
  fc.oneof(
    headerText,
    fc.constantFrom('', '0', '-1', '1e9', '1.0', '%', '%ff%', '%00', 'k'.repeat(121), 'k'.repeat(8_000)),
  ),
  { maxKeys: 4 },
);

const key = fc.nat(5_000).map((number) => ({ 'idempotency-key': `fuzz-${number}` }));

/** Bodies for the routes that take JSON. */
export const jsonPost: fc.Arbitrary<FuzzCase> = fc
  .record({
    route: fc.constantFrom(...BODIES),
    mutations: fc.array(mutation, { maxLength: 3 }),
    spoil,
    at: fc.nat(100_000),
    contentType,
    key: fc.option(key, { nil: {} }),
    headers: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
  })
  .map((made) => ({
    method: 'POST',
    path: made.route[0],
    headers: { 'content-type': made.contentType, ...made.key, ...made.headers },
    body: made.spoil(jsonOf(mutated(made.route[1], made.mutations)), made.at),
  }));

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(...PARAMETERS),
      fc.oneof(text, fc.double().map(String), cursor(), fc.constantFrom('%ff', '%', '1', '0', '500', 'all', 'open')),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value.startsWith('%') ? value : encoded(value)}`).join('&'));

/** Cursors of the right form with wrong values. */
function cursor(): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.string({ maxLength: 5 }), fc.double(), fc.constantFrom(null, {}, -1, 1e300)), { maxLength: 3 })
    .map((values) => Buffer.from(JSON.stringify(values)).toString('base64url'));
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

export const get: fc.Arbitrary<FuzzCase> = fc
  .record({
    path: fc.oneof(
      fc.constantFrom(...LISTS),
      fc.tuple(fc.constantFrom(...SINGLES), text).map(([base, name]) => base + encoded(name)),
      fc.constantFrom(
        '/v1/sync',
        '/v1/dealer',
        '/v1/categories',
        '/v1/catalog',
        '/readyz',
        '/v1/products/%ff',
        '/v1/orders/%',
      ),
    ),
    query,
    headers,
    method: fc.oneof(
      { weight: 20, arbitrary: fc.constant('GET') },
      { weight: 1, arbitrary: fc.constantFrom('HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH') },
    ),
  })
  .map((made) => ({ method: made.method, path: `${made.path}?${made.query}`, headers: made.headers }));

export const bodyless: fc.Arbitrary<FuzzCase> = fc
  .record({ path: fc.constantFrom(...POSTS_WITHOUT_BODY), headers, body: fc.option(text, { nil: '' }) })
  .map((made) => ({ method: 'POST', ...made, body: made.body.toWellFormed() }));

export const oversized: fc.Arbitrary<FuzzCase> = fc
  .record({
    path: fc.constantFrom(...BODIES.map(([path]) => path)),
    declared: fc.constantFrom('', '10', '99999999', '-1', 'many'),
  })
  .map(({ path, declared }) => ({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': 'big',
      ...(declared === '' ? {} : { 'content-length': declared }),
    },
    body: OVERSIZED,
  }));
