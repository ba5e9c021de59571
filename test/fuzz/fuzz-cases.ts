import fc from 'fast-check';

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

/** Stands for a number that JSON.stringify cannot write. */
const RAW = '\u0001raw:';

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00\ud800',
    '"',
    '\\',
    '../..',
    '%',
    '__proto__',
    'constructor',
    '🚜',
    '\u202e',
    '\ufeff',
    "'; DROP TABLE events; --",
    '" OR *',
    'x'.repeat(5_000),
    '9'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -0,
      -1,
      0.5,
      1.5,
      1e308,
      -1e308,
      5e-324,
      2 ** 53,
      1e15,
      1e9,
      2,
      10,
      15,
      [],
      {},
      [[]],
      { a: {} },
      `${RAW}1e999`,
      `${RAW}-1e999`,
      `${RAW}NaN`,
      `${RAW}1E400`,
      `${RAW}01`,
      `${RAW}9999999999999999999999`,
    ),
  },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

interface Mutation {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'proto' | 'repeat';
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(40),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'proto', 'repeat'),
  value: leaf,
});

type Holder = Record<string, unknown>;

/** Every place in a value that can be changed. */
function placesOf(value: unknown): { holder: Holder; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

export function mutated(valid: unknown, mutations: readonly Mutation[]): unknown {
  const root = { value: structuredClone(valid) };
  for (const { at, kind, value } of mutations) {
    const places = placesOf(root);
    const place = places[at % places.length];
    if (place === undefined) continue;
    const { holder, key } = place;
    if (kind === 'replace') holder[key] = structuredClone(value);
    else if (kind === 'remove') delete holder[key];
    else if (kind === 'repeat') holder[key] = Array.from({ length: 3 }, () => structuredClone(holder[key]));
    else if (Array.isArray(holder)) holder.push(structuredClone(value));
    else {
      const name = kind === 'proto' ? '__proto__' : String(value).slice(0, 50);
      Object.defineProperty(holder, name, {
        value: structuredClone(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  return root.value;
}

/** JSON text, with the numbers that only text can hold. */
const jsonOf = (value: unknown) => (JSON.stringify(value) ?? '').replaceAll(/"\\u0001raw:([^"]*)"/g, '$1');

const encoder = new TextEncoder();
const OVERSIZED = encoder.encode(`{"note":"${'x'.repeat(1_048_600)}"}`);

type Spoil = (json: string, at: number) => Uint8Array | string;

/** What is done to the bytes of a body. */
const SPOILS: readonly (readonly [number, Spoil])[] = [
  [30, (json) => json],
  [4, (json, at) => json.slice(0, at % (json.length + 1))],
  [
    4,
    (json, at) => {
      const bytes = encoder.encode(json);
      if (bytes.length > 0) bytes[at % bytes.length] = 0x80 | (at & 0x7f);
      return bytes;
    },
  ],
  [2, (json, at) => '['.repeat(at % 100) + json + ']'.repeat(at % 100)],
  [2, (json, at) => `${'{"a":'.repeat(20_000 + (at % 1_000))}${json}`],
  [1, (json) => `\ufeff${json}`],
  [1, (json) => json + json],
  [1, (_json, at) => new Uint8Array(at % 64).map((_zero, index) => (at * (index + 7)) & 0xff)],
  [1, () => ''],
];

const spoil = fc.oneof(...SPOILS.map(([weight, one]) => ({ weight, arbitrary: fc.constant(one) })));

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

export { jsonOf, leaf, mutation, spoil, text };
