import { beforeAll, describe, expect, it } from 'vitest';
import { definitionOf } from '../../../src/events/catalog.ts';
import { natsUpSubject } from '../../../src/events/names.ts';
import { judgeUp } from './contract.ts';
import { openPayloadCodec } from './open-codec.ts';
import type { PayloadCodec } from './payload-codec.ts';
import { registryClient } from './registry-client.ts';
import { openSchemaCache } from './schema-cache.ts';
import { catalogSubjects } from './subjects.ts';
import type { UpArrival } from './up-envelope.ts';

const url = 'http://127.0.0.1:1';
let codec: PayloadCodec;

beforeAll(async () => {
  const cache = openSchemaCache({ registry: url });
  for (const [index, one] of catalogSubjects('avro').entries()) cache.rememberId(one.subject, one.schema, index + 1);
  const opened = openPayloadCodec({ client: registryClient({ url, retries: 0 }), format: 'avro', cache });
  await opened.schemas.prepare();
  codec = opened.codec;
});

const order = definitionOf('order.placed')?.example as { orderId: string };

interface Changes {
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly bytes?: Uint8Array;
}

/** An order as a box sends it, with some things changed. */
function arrival({ subject, attributes, data = order, bytes }: Changes = {}): UpArrival {
  return {
    subject: subject ?? natsUpSubject('D042', 'live', 'order.placed'),
    dealerId: 'D042',
    attributes: {
      specversion: '1.0',
      id: 'id-1',
      source: 'urn:dealeriq:dealer:D042:B1',
      type: 'order.placed',
      subject: order.orderId,
      time: '2026-11-02T09:00:00.000Z',
      dataschema: 'urn:dealeriq:schema:order.placed:1',
      dealerid: 'D042',
      deviceid: 'B1',
      lane: 'live',
      epoch: '7',
      sequence: '42',
      correlationid: 'c-1',
      ...attributes,
    },
    bytes: bytes ?? Buffer.from(JSON.stringify(data)),
  };
}

const feedback = (version: number, data: unknown, about: string) =>
  arrival({
    subject: natsUpSubject('D042', 'live', 'feedback.submitted'),
    attributes: {
      type: 'feedback.submitted',
      dataschema: `urn:dealeriq:schema:feedback.submitted:${version}`,
      subject: about,
    },
    data,
  });

describe("the bridge's contract gate", () => {
  it('passes an event with its envelope and the value of its record', async () => {
    const verdict = await judgeUp(arrival(), codec);
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(verdict.event).toEqual({
      id: 'id-1',
      source: 'urn:dealeriq:dealer:D042:B1',
      type: 'order.placed',
      version: 1,
      dataschema: 'urn:dealeriq:schema:order.placed:1',
      subject: order.orderId,
      time: '2026-11-02T09:00:00.000Z',
      dealerid: 'D042',
      deviceid: 'B1',
      lane: 'live',
      epoch: 7,
      sequence: 42,
      correlationid: 'c-1',
    });
    expect(verdict).not.toHaveProperty('unknownMembers');
    expect(await codec.decode(verdict.value)).toMatchObject({ type: 'order.placed', data: order });
  });

  it('answers at once for what the catalogue knows', () => {
    expect(judgeUp(arrival(), codec)).not.toBeInstanceOf(Promise);
  });

  it('turns a payload of an older version into the current one', async () => {
    const old = definitionOf('feedback.submitted')?.olderExamples[1] as { feedbackId: string };
    const verdict = await judgeUp(feedback(1, old, old.feedbackId), codec);
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(verdict.event).toMatchObject({ version: 2, dataschema: 'urn:dealeriq:schema:feedback.submitted:2' });
    expect((await codec.decode(verdict.value)).data).toMatchObject({ score: 0.75, signal: 'rated' });
  });

  it('hands out what a later minor version added', async () => {
    const verdict = await judgeUp(arrival({ data: { ...order, colour: 'red' } }), codec);
    expect(verdict).toMatchObject({ ok: true, unknownMembers: '{"/colour":"red"}' });
  });

  it('waits when the registry cannot be asked for a newer version', async () => {
    const attributes = { dataschema: 'urn:dealeriq:schema:order.placed:9' };
    await expect(judgeUp(arrival({ attributes }), codec)).rejects.toMatchObject({ code: 'registry-unavailable' });
  });

  it.each<[string, string, Changes]>([
    ['not-json', 'text', { bytes: Buffer.from('{"a":') }],
    ['not-json', 'bytes that are no UTF-8', { bytes: Uint8Array.from([0x22, 0xff, 0x22]) }],
    ['not-json', 'an empty body', { bytes: new Uint8Array() }],
    ['too-large', 'more than is allowed', { bytes: Buffer.alloc(1_048_577, ' ') }],
    ['invalid-payload', 'null', { data: null }],
    ['invalid-payload', 'an order without lines', { data: { ...order, lines: [] } }],
    ['invalid-payload', 'half a character', { data: { ...order, note: '\ud83d' } }],
    ['invalid-envelope', 'no id', { attributes: { id: undefined } }],
    ['invalid-envelope', 'an empty correlation id', { attributes: { correlationid: '' } }],
    ['invalid-envelope', 'another version of CloudEvents', { attributes: { specversion: '0.3' } }],
    ['invalid-envelope', 'a sequence that is none', { attributes: { sequence: '4e1' } }],
    ['invalid-envelope', 'the sequence 0', { attributes: { sequence: '0' } }],
    ['invalid-envelope', 'a time that is none', { attributes: { time: 'today' } }],
    ['invalid-envelope', 'an endless source', { attributes: { source: 'x'.repeat(301) } }],
    ['invalid-envelope', 'a lane that is none', { attributes: { lane: 'fast' } }],
    ['invalid-envelope', 'the subject of another event', { attributes: { subject: 'other' } }],
    ['invalid-envelope', 'another type than the subject names', { subject: 'dealeriq.up.D042.live.order.cancelled' }],
    ['invalid-envelope', 'another lane than the subject names', { subject: 'dealeriq.up.D042.bulk.order.placed' }],
    [
      'invalid-envelope',
      'another lane than the catalogue has',
      { subject: 'dealeriq.up.D042.bulk.order.placed', attributes: { lane: 'bulk' } },
    ],
    ['not-permitted', 'a subject of another dealer', { subject: 'dealeriq.up.D043.live.order.placed' }],
    ['not-permitted', 'the dealer id of another dealer', { attributes: { dealerid: 'D043' } }],
    ['not-permitted', 'the source of another dealer', { attributes: { source: 'urn:dealeriq:dealer:D0421:B1' } }],
    ['not-permitted', 'the payload of another dealer', { data: { ...order, dealerId: 'D043' } }],
    ['wrong-direction', 'the source of the centre', { attributes: { source: 'urn:dealeriq:centre:orders' } }],
    [
      'wrong-direction',
      'a type that the centre makes',
      { subject: 'dealeriq.up.D042.live.order.accepted', attributes: { type: 'order.accepted' } },
    ],
    [
      'unknown-type',
      'a type of nobody',
      { subject: 'dealeriq.up.D042.live.order.eaten', attributes: { type: 'order.eaten' } },
    ],
    ['unknown-version', 'the schema of another type', { attributes: { dataschema: 'urn:dealeriq:schema:a.b:1' } }],
    ['unknown-version', 'no version', { attributes: { dataschema: 'urn:dealeriq:schema:order.placed:x' } }],
  ])('refuses as %s what has %s', async (reasonCode, _, changes) => {
    expect(await judgeUp(arrival(changes), codec)).toMatchObject({ ok: false, reasonCode });
  });

  it('takes a text that shows an escape for what it is', async () => {
    const data = { ...order, note: 'see \\ud83d and \u{1F69C}' };
    expect(await judgeUp(arrival({ data }), codec)).toMatchObject({ ok: true });
    const escaped = JSON.stringify(data).replace('\u{1F69C}', '\\ud83d\\ude9c');
    expect(await judgeUp(arrival({ bytes: Buffer.from(escaped) }), codec)).toMatchObject({ ok: true });
  });
});
