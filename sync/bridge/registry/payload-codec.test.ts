import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type EventEnvelope, schemaVersion } from '../../../src/core/event.ts';
import { catalog, definitionOf } from '../../../src/events/catalog.ts';
import { validatePayload } from '../../../src/events/validate.ts';
import { openPayloadCodec } from './open-codec.ts';
import type { PayloadCodec } from './payload-codec.ts';
import { registryClient } from './registry-client.ts';
import { openSchemaCache } from './schema-cache.ts';
import { catalogSubjects, type SchemaFormat } from './subjects.ts';

/** Nothing listens there: what these tests do goes on while the registry is down. */
const URL_OF_NOTHING = 'http://127.0.0.1:1';

/** A codec that has its ids from a cache, counted from a number that takes all four bytes. */
async function cachedCodec(format: SchemaFormat): Promise<PayloadCodec> {
  const cache = openSchemaCache({ registry: URL_OF_NOTHING });
  for (const [index, { subject, schema }] of catalogSubjects(format).entries()) {
    cache.rememberId(subject, schema, 0x01_02_03_00 + index);
  }
  const client = registryClient({ url: URL_OF_NOTHING, retries: 0 });
  const { codec, schemas } = openPayloadCodec({ client, format, cache });
  expect(await schemas.prepare()).toEqual({ from: 'cache', missing: [] });
  return codec;
}

const golden = readdirSync(new URL('../../../test/golden', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const text = readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8');
    return { name, event: JSON.parse(text) as EventEnvelope };
  });

const order = () => structuredClone(definitionOf('order.placed')?.example) as Record<string, unknown>;

describe.each(['avro', 'json'] as const)('a payload in %s', (format) => {
  let codec: PayloadCodec;
  beforeAll(async () => {
    codec = await cachedCodec(format);
  });

  const through = async (type: string, data: unknown) => {
    const { value, unknownMembers } = codec.encode(type, definitionOf(type)?.version ?? 0, data);
    return codec.decode(value, unknownMembers);
  };

  it.each(golden)('comes back as it was stored: $name', async ({ event }) => {
    const version = schemaVersion(event.dataschema, event.type) ?? 0;
    const checked = validatePayload(event.type, version, event.data);
    if (checked.outcome !== 'ok') throw new Error(`${event.type} does not fit`);
    const back = await through(event.type, checked.data);
    expect(back).toEqual({ type: event.type, schemaId: expect.any(Number), data: checked.data });
  });

  it('begins with a zero byte and the schema id, most significant byte first', () => {
    const index = [...catalog.keys()].indexOf('order.placed');
    const { value } = codec.encode('order.placed', 1, order());
    expect([...value.subarray(0, 5)]).toEqual([0, 1, 2, 3, index]);
  });

  it('keeps members that the schema does not know, wherever they are', async () => {
    const data = order();
    const [line] = data.lines as Record<string, unknown>[];
    Object.assign(data, { 'channel/~x': { web: [1, null] }, 'later': null });
    Object.assign(line ?? {}, JSON.parse('{"colour": "red", "__proto__": {"a": 1}}') as object);
    Object.defineProperty(line, '__proto__', { value: { a: 1 }, enumerable: true });
    const back = await through('order.placed', data);
    expect(JSON.parse(JSON.stringify(back.data))).toEqual(JSON.parse(JSON.stringify(data)));
  });

  it('keeps any text, number and map', async () => {
    const text = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed());
    const whole = fc.integer({ min: -9e13, max: 9e13 });
    const key = text.filter((one) => one !== '__proto__');
    await fc.assert(
      fc.asyncProperty(text, whole, fc.dictionary(key, text), async (note, netMinor, attributes) => {
        const data = { ...order(), note, priceSeen: { netMinor, currency: 'EUR', later: attributes } };
        expect((await through('order.placed', data)).data).toEqual(data);
        const product = { ...(definitionOf('product.updated')?.example as object), attributes };
        expect((await through('product.updated', product)).data).toEqual(product);
      }),
      { numRuns: 300 },
    );
  });

  it('may be larger than any before', async () => {
    const data = { ...order(), note: 'ä'.repeat(300_000) };
    expect((await through('order.placed', data)).data).toEqual(data);
    expect((await through('order.placed', order())).data).toEqual(order());
  });

  it.each([
    ['nothing', []],
    ['JSON as it is', [...Buffer.from('{"a":1}')]],
    ['half a header', [0, 1, 2]],
  ])('is refused when the value is %s', async (_, bytes) => {
    await expect(codec.decode(Uint8Array.from(bytes))).rejects.toMatchObject({ code: 'contract-violation' });
  });

  it('is refused when its bytes are cut off', async () => {
    const { value } = codec.encode('order.placed', 1, order());
    await expect(codec.decode(value.subarray(0, -3))).rejects.toMatchObject({ code: 'contract-violation' });
  });

  it('waits for the registry when its schema id is not known', async () => {
    const value = Uint8Array.from([0, 9, 9, 9, 9, 1]);
    await expect(codec.decode(value)).rejects.toMatchObject({ code: 'registry-unavailable' });
    await expect(codec.learn('order.placed', 2)).rejects.toMatchObject({ code: 'registry-unavailable' });
  });

  it('is refused in a version that is not known', () => {
    expect(codec.knows('order.placed', 2)).toBe(false);
    expect(() => codec.encode('order.placed', 2, order())).toThrow('contract-violation');
  });
});

describe('a payload that Avro cannot hold', () => {
  it.each([
    ['/totals/taxMinor', { totals: { ...(order().totals as object), taxMinor: 2 ** 53 } }],
    ['/placedAt', { placedAt: 5 }],
    ['/lines', { lines: 'secret' }],
    ['/poNumber', { poNumber: { a: 'secret' } }],
  ])('is refused with the place %s and without its value', async (pointer, changes) => {
    const codec = await cachedCodec('avro');
    const encode = () => codec.encode('order.placed', 1, { ...order(), ...changes });
    expect(encode).toThrow(expect.objectContaining({ code: 'contract-violation' }));
    try {
      encode();
    } catch (error) {
      expect(error).toMatchObject({ violations: [{ pointer }] });
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });

  it('has a key that a reader would lose', async () => {
    const codec = await cachedCodec('avro');
    const attributes = JSON.parse('{"__proto__": "x"}') as object;
    const product = { ...(definitionOf('product.updated')?.example as object), attributes };
    expect(() => codec.encode('product.updated', 1, product)).toThrow('__proto__');
  });
});

describe('a codec without ids', () => {
  it('says for each type that the registry has to be waited for', async () => {
    const client = registryClient({ url: URL_OF_NOTHING, retries: 0 });
    const { codec, schemas } = openPayloadCodec({ client, format: 'avro' });
    expect(await schemas.prepare()).toEqual({ from: 'cache', missing: [...catalog.keys()] });
    expect(() => codec.encode('order.placed', 1, order())).toThrow('registry-unavailable');
  });
});
