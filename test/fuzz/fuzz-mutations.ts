import fc from 'fast-check';

/** Stands for a number that JSON.stringify cannot write. */
const RAW = '\u0001raw:';

export const text = fc.oneof(
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

export const mutation: fc.Arbitrary<Mutation> = fc.record({
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
      const name = kind === 'proto' ? '__proto__' : (JSON.stringify(value) ?? 'nothing').slice(0, 50);
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
export const jsonOf = (value: unknown) => (JSON.stringify(value) ?? '').replaceAll(/"\\u0001raw:([^"]*)"/g, '$1');

export const encoder = new TextEncoder();

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

export const spoil = fc.oneof(...SPOILS.map(([weight, one]) => ({ weight, arbitrary: fc.constant(one) })));
