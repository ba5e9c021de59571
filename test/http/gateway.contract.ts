import { describe, expect, it } from 'vitest';
import { price, product } from '../support/facts.ts';
import { batchOf, fromCentre } from '../support/http-target.ts';
import { type Observer, problemOf } from './observer.ts';

const encoder = new TextEncoder();

export function gatewayContract(observer: Observer): void {
  describe('the event gateway', () => {
    const shop = observer.shared();
    const one = async (id: string) =>
      (await shop.box.get('/v1/events?limit=500')).body.items.find((event) => event.id === id);

    it('takes a structured event, and answers 200 when it comes again', async () => {
      const event = fromCentre('product.updated', product('NEW-1', { name: 'New one' }), 'structured-1');
      const first = await shop.box.event(event);
      expect([first.status, first.body.status]).toEqual([201, 'logged']);
      const again = await shop.box.event(event);
      expect([again.status, again.body.status, again.body.position]).toEqual([200, 'duplicate', first.body.position]);
      expect((await shop.box.get('/v1/products/NEW-1')).body.name).toBe('New one');
    });

    it('takes a binary event and decodes its percent-encoded headers', async () => {
      const answer = await shop.box.post('/v1/events', price('HOSE-08', 5100, { version: 2 }), {
        'ce-specversion': '1.0',
        'ce-id': 'binary-%C3%A9%20%25',
        'ce-source': 'urn:dealeriq:centre:pricing%2Dservice',
        'ce-type': 'price.changed',
        'ce-time': '2026-11-02T09:14:05.120Z',
      });
      expect([answer.status, answer.body.id]).toEqual([201, 'binary-é %']);
      expect(await one('binary-é %')).toMatchObject({
        source: 'urn:dealeriq:centre:pricing-service',
        time: '2026-11-02T09:14:05.120Z',
        subject: 'HOSE-08',
      });
    });

    it('takes a header that hides a NUL as it is, so that its id can be found again', async () => {
      const send = () =>
        shop.box.post('/v1/events', product('NEW-4'), {
          'ce-specversion': '1.0',
          'ce-id': 'nul%00-1',
          'ce-source': 'urn:dealeriq:centre:test',
          'ce-type': 'product.updated',
        });
      expect([(await send()).status, (await send()).status]).toEqual([201, 200]);
    });

    it('answers each event of a batch on its own, in order', async () => {
      const good = fromCentre('product.updated', product('NEW-2'), 'batch-1');
      const answer = await shop.box.send(
        '/v1/events',
        batchOf([
          good,
          { ...good, id: 'batch-2', type: 'no.such.type' },
          good,
          7,
          null,
          { ...good, id: 'batch-3', data: {} },
        ]),
      );
      expect(answer.status).toBe(207);
      expect(answer.body.results.map((result) => [result.id, result.status, result.reasonCode])).toEqual([
        ['batch-1', 'logged', undefined],
        ['batch-2', 'refused', 'unknown-type'],
        ['batch-1', 'duplicate', undefined],
        [null, 'refused', 'invalid-envelope'],
        [null, 'refused', 'invalid-envelope'],
        ['batch-3', 'refused', 'invalid-payload'],
      ]);
      expect((await shop.box.send('/v1/events', batchOf([]))).body.results).toEqual([]);
    });

    it('keeps a newer version as it came, for a later program', async () => {
      const data = { ...product('NEW-3'), inventedLater: { deep: [1, 2] } };
      const event = {
        ...fromCentre('product.updated', data, 'newer-1'),
        dataschema: 'urn:dealeriq:schema:product.updated:9',
      };
      expect((await shop.box.event({ ...event, subject: 'NEW-3' })).status).toBe(201);
      expect(await one('newer-1')).toMatchObject({ dataschema: event.dataschema, data });
      expect(problemOf(await shop.box.get('/v1/products/NEW-3'))).toBe('not-found');
    });

    it.each([
      [
        'a type that only the centre makes, from a dealer',
        { source: 'urn:dealeriq:dealer:D042:B9' },
        'wrong-direction',
      ],
      [
        'a source of another dealer',
        { source: 'urn:dealeriq:dealer:D777:B1', type: 'feedback.submitted' },
        'not-permitted',
      ],
      ['a subject of something else', { subject: 'OTHER' }, 'invalid-envelope'],
      ['a schema of another type', { dataschema: 'urn:dealeriq:schema:order.placed:1' }, 'unknown-version'],
      ['another version of CloudEvents', { specversion: '0.3' }, 'invalid-envelope'],
      ['no data', { data: undefined }, 'invalid-payload'],
      ['a time that is none', { time: 'yesterday' }, 'invalid-envelope'],
    ])('refuses %s', async (_what, changes, reasonCode) => {
      const answer = await shop.box.event({ ...fromCentre('product.updated', product('BAD')), ...changes });
      expect([answer.status, answer.body.status, answer.body.reasonCode]).toEqual([422, 'refused', reasonCode]);
      expect(answer.body.deadLetterId).not.toBe('');
    });

    it.each([
      ['no JSON', '{', 'application/cloudevents+json', 400, 'invalid-request'],
      ['a batch that is no list', '{}', 'application/cloudevents-batch+json', 400, 'invalid-request'],
      ['half a surrogate pair', '{"id":"\\udc00"}', 'application/cloudevents+json', 400, 'invalid-request'],
      ['plain JSON without ce-* headers', '{}', 'application/json', 415, 'unsupported-media-type'],
      [
        'a thousand and one events',
        `[${'1,'.repeat(1_000)}1]`,
        'application/cloudevents-batch+json',
        413,
        'payload-too-large',
      ],
      ['more than four mebibytes', ' '.repeat(4_194_305), 'application/cloudevents+json', 413, 'payload-too-large'],
    ])('refuses %s as a whole', async (_what, body, type, status, problem) => {
      const answer = await shop.box.post('/v1/events', body, { 'content-type': type });
      expect([answer.status, problemOf(answer)]).toEqual([status, problem]);
    });

    it('keeps a refused event byte for byte and reports it as data.contract.violation', async () => {
      const body =
        '{ "type":"no.such.type",\n\t"specversion" : "1.0", "id":"odd-1", "source":"x", "data":{"b":1,  "a":1.0e2} }\n';
      const { body: result } = await shop.box.event(new TextEncoder().encode(body));
      const { body: letter } = await shop.box.get(`/v1/dlq/${result.deadLetterId}`);
      expect(letter).toMatchObject({
        status: 'open',
        origin: 'gateway',
        type: 'no.such.type',
        eventId: 'odd-1',
        reasonCode: 'unknown-type',
        contentType: 'application/cloudevents+json',
        payloadText: body,
        attempts: 1,
      });
      const { body: log } = await shop.box.get('/v1/events?type=data.contract.violation&limit=500');
      const violation = log.items.find((event) => event.data.deadLetterId === result.deadLetterId);
      const sha256 = [...new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(body)))];
      expect(violation).toMatchObject({
        lane: expect.stringMatching(/^(?:live|bulk)$/),
        data: {
          violatedType: 'no.such.type',
          reasonCode: 'unknown-type',
          eventId: 'odd-1',
          payloadBytes: body.length,
          payloadSha256: sha256.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
        },
      });
    });

    it('keeps the bytes and headers of a refused binary event, also those that are no UTF-8', async () => {
      const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x22, 0x0a]);
      const { status, body: result } = await shop.box.post('/v1/events', bytes, {
        'content-type': 'application/octet-stream',
        'ce-specversion': '1.0',
        'ce-id': 'raw%201',
        'ce-source': 'urn:dealeriq:centre:test',
        'ce-type': 'product.updated',
      });
      expect(status).toBe(422);
      const { body: letter } = await shop.box.get(`/v1/dlq/${result.deadLetterId}`);
      expect(Uint8Array.from(atob(letter.payloadBase64), (char) => char.charCodeAt(0))).toEqual(bytes);
      expect(letter).toMatchObject({
        payloadText: null,
        contentType: 'application/octet-stream',
        headers: { 'ce-id': 'raw%201', 'ce-type': 'product.updated' },
      });
    });

    it('keeps each refused element of a batch as it was written', async () => {
      const elements = ['{"type" : "no.such",  "a":"],\\"{"}', '[ 1,2 ]', '"text, with ]"'];
      const answer = await shop.box.post('/v1/events', `[ ${elements.join(' ,\n')} ]`, {
        'content-type': 'application/cloudevents-batch+json',
      });
      const texts = await Promise.all(
        answer.body.results.map(
          async (result) => (await shop.box.get(`/v1/dlq/${result.deadLetterId}`)).body.payloadText,
        ),
      );
      expect(texts).toEqual(elements);
    });
  });
}
