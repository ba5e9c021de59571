import { describe, expect, it } from 'vitest';
import { type Observer, problemOf, violationsOf } from './observer.ts';

export function refusedOrdersContract(observer: Observer): void {
  describe('refusing an order', () => {
    const shop = observer.shared();

    it('answers 409 to the same key with another body', async () => {
      await shop.box.order(['HOSE-08*1'], 'taken');
      const other = await shop.box.order(['HOSE-08*2'], 'taken');
      expect([other.status, problemOf(other)]).toEqual([409, 'idempotency-conflict']);
    });

    it('answers 409 to a key that another kind of request used', async () => {
      await shop.box.order(['HOSE-08*1'], 'order-key');
      const ticket = await shop.box.post('/v1/tickets', { title: 't', body: 'b' }, { 'idempotency-key': 'order-key' });
      expect([ticket.status, problemOf(ticket)]).toEqual([409, 'idempotency-conflict']);
    });

    it.each([
      ['an unknown SKU', ['NO-SUCH'], { '/lines/0/sku': 'unknown-sku' }],
      ['a discontinued SKU', ['BELT-OLD'], { '/lines/0/sku': 'discontinued-sku' }],
      ['a blocked SKU', ['BLOCKED-1'], { '/lines/0/sku': 'blocked-sku' }],
      ['a SKU without a price', ['NOPRICE-1'], { '/lines/0/sku': 'no-price' }],
      ['less than the minimum', ['BOLT-M8*5'], { '/lines/0/quantity': 'quantity-rule' }],
      ['more than the maximum', ['BOLT-M8*1005'], { '/lines/0/quantity': 'quantity-rule' }],
      ['a quantity between two steps', ['BOLT-M8*12'], { '/lines/0/quantity': 'quantity-rule' }],
      ['half a piece', ['HOSE-08*0.5'], { '/lines/0/quantity': 'quantity-rule' }],
      ['no pieces', ['HOSE-08*0'], { '/lines/0/quantity': 'quantity-rule' }],
      ['a negative quantity', ['HOSE-08*-3'], { '/lines/0/quantity': 'quantity-rule' }],
      ['an empty order', [], { '/lines': 'empty-order' }],
      [
        'several lines at once, each with its pointer',
        ['HOSE-08*1', 'NO-SUCH', 'BOLT-M8*11', 'BELT-OLD'],
        { '/lines/1/sku': 'unknown-sku', '/lines/2/quantity': 'quantity-rule', '/lines/3/sku': 'discontinued-sku' },
      ],
    ])('answers 422 to %s', async (_what, lines, expected) => {
      const answer = await shop.box.order(lines);
      expect([answer.status, problemOf(answer)]).toEqual([422, 'invalid-order']);
      expect(violationsOf(answer)).toEqual(expected);
    });

    it('names the replacement of a discontinued SKU and the nearest quantity that fits', async () => {
      expect((await shop.box.order(['BELT-OLD'])).body.detail).toContain('Order BELT-NEW instead.');
      expect((await shop.box.order(['BOLT-M8*12'])).body.detail).toContain('Try 15.');
    });

    it('takes 500 lines and answers 422 to 501', async () => {
      const lines = (count: number) => Array.from({ length: count }, () => 'HOSE-08');
      expect((await shop.box.order(lines(500))).status).toBe(201);
      expect(violationsOf(await shop.box.order(lines(501)))).toEqual({ '/lines': 'too-many-lines' });
    });

    it('answers 422 to a price that rose above the tolerance, with the new one, and keeps the key free', async () => {
      const seen = (netMinor: number) => ({ priceSeen: { netMinor, currency: 'EUR' } });
      const dear = await shop.box.order(['HOSE-08*1'], 'dear', seen(4000));
      expect([dear.status, problemOf(dear)]).toEqual([422, 'price-changed']);
      expect(dear.body).toMatchObject({ netMinor: 5000, currency: 'EUR' });
      expect(
        problemOf(await shop.box.order(['HOSE-08*1'], 'abroad', { priceSeen: { netMinor: 5000, currency: 'CHF' } })),
      ).toBe('price-changed');
      expect((await shop.box.order(['HOSE-08*1'], 'dear', seen(5000))).status).toBe(201);
    });

    it('answers 400 without a key, with an empty one and with one that is too long', async () => {
      const body = { lines: [{ sku: 'HOSE-08', quantity: 1 }] };
      expect(problemOf(await shop.box.post('/v1/orders', body))).toBe('idempotency-key-required');
      expect(problemOf(await shop.box.post('/v1/orders', body, { 'idempotency-key': '' }))).toBe(
        'idempotency-key-required',
      );
      const long = await shop.box.post('/v1/orders', body, { 'idempotency-key': 'k'.repeat(121) });
      expect([long.status, problemOf(long)]).toEqual([400, 'invalid-request']);
      expect((await shop.box.post('/v1/orders', body, { 'idempotency-key': 'k'.repeat(120) })).status).toBe(201);
    });

    it.each([
      ['no JSON', '{"lines":[', 400, 'invalid-request'],
      ['nothing', '', 400, 'invalid-request'],
      ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'invalid-request'],
      ['a body that nests too deep', `{"lines":${'['.repeat(40)}${']'.repeat(40)}}`, 400, 'invalid-request'],
      [
        'half a surrogate pair',
        '{"lines":[{"sku":"HOSE-08","quantity":1}],"poNumber":"a\\ud800"}',
        400,
        'invalid-request',
      ],
      ['a NUL character', '{"lines":[{"sku":"HOSE-08","quantity":1}],"poNumber":"a\\u0000b"}', 400, 'invalid-request'],
      ['more than a mebibyte', `{"note":"${'x'.repeat(1_048_576)}"}`, 413, 'payload-too-large'],
      ['a list', '[]', 422, 'validation-failed'],
      ['a quantity that is a text', '{"lines":[{"sku":"HOSE-08","quantity":"1"}]}', 422, 'validation-failed'],
      ['a quantity beyond all numbers', '{"lines":[{"sku":"HOSE-08","quantity":1e999}]}', 422, 'validation-failed'],
      ['a SKU with blanks', '{"lines":[{"sku":" HOSE-08 ","quantity":1}]}', 422, 'validation-failed'],
      ['a PO number that is too long', `{"lines":[],"poNumber":"${'x'.repeat(61)}"}`, 422, 'validation-failed'],
    ])('refuses %s', async (_what, body, status, problem) => {
      const answer = await shop.box.post('/v1/orders', body, { 'idempotency-key': 'unused' });
      expect([answer.status, problemOf(answer)]).toEqual([status, problem]);
    });

    it('takes whole pairs of surrogates and texts that only look like an escape', async () => {
      const body = '{"lines":[{"sku":"HOSE-08","quantity":1}],"poNumber":"\\ud83d\\ude9c","note":"\\\\ud800"}';
      const answer = await shop.box.post('/v1/orders', body, { 'idempotency-key': 'tractor' });
      expect([answer.status, answer.body.poNumber, answer.body.note]).toEqual([201, '🚜', '\\ud800']);
    });

    it('points to every member of a body that does not fit', async () => {
      const body = { lines: [{ sku: 'HOSE-08', quantity: 1 }, { sku: 7 }], note: 9 };
      const answer = await shop.box.post('/v1/orders', body, { 'idempotency-key': 'unused' });
      expect(Object.keys(violationsOf(answer)).sort()).toEqual(['/lines/1/quantity', '/lines/1/sku', '/note']);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonx',
      'application/xml',
      '',
    ])('answers 415 to the content type "%s"', async (type) => {
      const answer = await shop.box.post('/v1/orders', '{"lines":[]}', {
        'content-type': type,
        'idempotency-key': 'u',
      });
      expect([answer.status, problemOf(answer)]).toEqual([415, 'unsupported-media-type']);
    });

    it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])(
      'takes JSON as "%s"',
      async (type) => {
        const answer = await shop.box.post('/v1/quotes', '{"lines":[]}', { 'content-type': type });
        expect(answer.status).toBe(200);
      },
    );

    it('says that a box without a dealer profile cannot price', async () => {
      const box = await observer.empty();
      const answer = await box.order(['HOSE-08']);
      expect([answer.status, problemOf(answer)]).toEqual([409, 'conflict']);
      expect(problemOf(await box.post('/v1/quotes', { lines: [{ sku: 'HOSE-08', quantity: 1 }] }))).toBe('conflict');
      expect(problemOf(await box.get('/v1/dealer'))).toBe('not-found');
      await box.close();
    });
  });
}
