import { describe, expect, it } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import { definitionOf, type EventType } from '../../src/events/catalog.ts';
import { centreRecord } from '../../test/bridge/down-centre.ts';
import { catalogCodec } from '../../test/bridge/down-codec.ts';
import { payload, price } from '../../test/support/facts.ts';
import { type DownTopic, planDown } from './down-plan.ts';
import type { KafkaMessage, KafkaRecord } from './kafka.ts';
import { UNKNOWN_MEMBERS_HEADER } from './registry/payload-codec.ts';

const schemas = catalogCodec();
const topic = (type: EventType, changes: Partial<DownTopic> = {}): DownTopic => {
  const definition = definitionOf(type);
  if (definition === undefined) throw new Error(`No ${type}.`);
  return { definition, codec: schemas.codec, messageBytesMax: 1_048_576, nowMs: () => 0, ...changes };
};
/** A record as it is read. */
const read = ({ topic: name, key, value, headers }: KafkaRecord, offset = 0): KafkaMessage => ({
  topic: name,
  partition: 0,
  offset: BigInt(offset),
  timestampMs: 1_000,
  key: Buffer.from(key),
  value: value ?? undefined,
  headers: Object.entries(headers).map(([header, text]) => ({ name: header, value: Buffer.from(text) })),
});
const priceOf = (id: string, data: unknown = price('HOSE', 1), changes: Parameters<typeof centreRecord>[4] = {}) =>
  centreRecord('t', 'price.changed', id, data, changes);
const judged = async (record: KafkaRecord, type: EventType = 'price.changed', changes: Partial<DownTopic> = {}) => {
  const plan = await planDown(topic(type, changes), [read(record)]);
  return plan.deadLetters[0]?.letter ?? plan.forwards[0];
};

describe('planDown', () => {
  it('carries the payload as JSON, and the place of the record', async () => {
    const { forwards, oldestMs } = await planDown(topic('price.changed'), [read(priceOf('p-1'), 7)]);
    const [message] = forwards;
    expect(JSON.parse(Buffer.from(message?.payload ?? '').toString())).toEqual(price('HOSE', 1));
    expect(message?.headers({}).get('dealeriq-offset')).toBe('t.price.changed/0/7');
    expect(message?.headers({}).get('content-type')).toBe('application/json');
    expect(oldestMs).toBe(1_000);
  });

  it('puts back what came beside the value, because its schema does not know it', async () => {
    const record = priceOf('p-1');
    const headers = { ...record.headers, [UNKNOWN_MEMBERS_HEADER]: '{"/season":"winter"}' };
    const message = await judged({ ...record, headers });
    expect(JSON.parse(Buffer.from((message as { payload: Uint8Array }).payload).toString())).toMatchObject({
      season: 'winter',
    });
  });

  it.each<[string, KafkaRecord, EventType, object]>([
    [
      'a value written by the schema of another type',
      priceOf('x', undefined, { value: schemas.codec.encode('product.updated', 1, payload('product.updated')).value }),
      'price.changed',
      { reasonCode: 'invalid-payload', reason: expect.stringContaining('product.updated') },
    ],
    [
      'a payload of another dealer than the event',
      centreRecord('t', 'dealer.updated', 'x', payload('dealer.updated', { dealerId: 'D042' }), {
        attributes: { dealerid: 'D043' },
      }),
      'dealer.updated',
      { reasonCode: 'not-permitted' },
    ],
    [
      'a subject that the payload is not about',
      priceOf('x', undefined, {
        value: schemas.codec.encode('price.changed', 1, price('HOSE', 1)).value,
        attributes: { subject: 'PUMP' },
      }),
      'price.changed',
      { reasonCode: 'invalid-envelope' },
    ],
    [
      'an event without a value',
      priceOf('x', undefined, { value: null }),
      'price.changed',
      { reasonCode: 'invalid-payload', bytes: null },
    ],
    [
      'bytes in another format',
      priceOf('x', undefined, { value: Buffer.from('{}') }),
      'price.changed',
      { reasonCode: 'invalid-payload' },
    ],
  ])('refuses %s', async (_what, record, type, expected) => {
    expect(await judged(record, type)).toMatchObject({ direction: 'down', id: `t.${type}/0/0`, ...expected });
  });

  it('refuses what the hub can never take, and says what to raise', async () => {
    expect(await judged(priceOf('p-1'), 'price.changed', { messageBytesMax: 700 })).toMatchObject({
      reasonCode: 'too-large',
      reason: expect.stringContaining('max_payload'),
    });
  });

  it('refuses an attribute that is not UTF-8, and keeps its bytes', async () => {
    const message = read(priceOf('p-1'));
    const headers = [...message.headers, { name: 'ce_subject', value: Uint8Array.of(0xf6) }];
    const plan = await planDown(topic('price.changed'), [{ ...message, headers }]);
    expect(plan.deadLetters[0]?.letter).toMatchObject({
      reasonCode: 'invalid-envelope',
      violations: [{ pointer: '/subject' }],
      headers: { ce_subject: 'data:;base64,9g==' },
    });
  });

  it('stops before a record whose schema cannot be had now, and blames nothing on it', async () => {
    const away = catalogCodec();
    away.goAway();
    const poison = priceOf('x', undefined, { attributes: { dealerid: 'all' } });
    const plan = await planDown(topic('price.changed', { codec: away.codec }), [read(poison), read(priceOf('p-1'), 1)]);
    expect(plan).toMatchObject({ taken: 1, deadLetters: [{ offset: 0n }], forwards: [] });
    expect(plan.blocked).toBeInstanceOf(EdgeError);
  });

  it('takes no more at a time than fits into a batch', async () => {
    const many = Array.from({ length: 700 }, (_, index) => read(priceOf(`p-${index}`), index));
    const first = await planDown(topic('price.changed'), many);
    expect(first).toMatchObject({ taken: 500, skipped: 0 });
    expect(first.forwards).toHaveLength(500);
    expect(await planDown(topic('price.changed'), many.slice(500))).toMatchObject({ taken: 200 });
  });
});
