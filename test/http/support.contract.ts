import { describe, expect, it } from 'vitest';
import { allPages, type Observer, problemOf, violationsOf } from './observer.ts';

export function supportContract(observer: Observer): void {
  describe('tickets', () => {
    const shop = observer.shared();

    it('opens one with sensible defaults, once for a key', async () => {
      const first = await shop.box.post(
        '/v1/tickets',
        { title: 'Leaks', body: 'At 200 bar.' },
        { 'idempotency-key': 't1' },
      );
      expect(first.status).toBe(201);
      expect(first.body).toMatchObject({ title: 'Leaks', category: 'other', priority: 'normal', language: 'en' });
      const again = await shop.box.post(
        '/v1/tickets',
        { title: 'Leaks', body: 'At 200 bar.' },
        { 'idempotency-key': 't1' },
      );
      expect([again.status, again.body]).toEqual([200, first.body]);
    });

    it('lists them newest first, page by page', async () => {
      for (let count = 0; count < 4; count += 1)
        await shop.box.post('/v1/tickets', { title: `No. ${count}`, body: '' });
      const { items } = await allPages(shop.box, '/v1/tickets?limit=2');
      expect(items.map((item) => item.title)).toEqual(['No. 3', 'No. 2', 'No. 1', 'No. 0', 'Leaks']);
    });

    it('may name an order that is here, and no other', async () => {
      const { body: order } = await shop.box.order(['HOSE-08']);
      const about = (orderId: string) => shop.box.post('/v1/tickets', { title: 'Late', body: '', orderId });
      expect((await about(order.orderId)).status).toBe(201);
      const answer = await about('no-such-order');
      expect([answer.status, violationsOf(answer)]).toEqual([422, { '/orderId': 'unknown-order' }]);
    });

    it('points to what does not fit', async () => {
      const answer = await shop.box.post('/v1/tickets', { title: '', priority: 'asap' });
      expect(problemOf(answer)).toBe('validation-failed');
      expect(Object.keys(violationsOf(answer)).sort()).toEqual(['/body', '/priority', '/title']);
    });
  });

  describe('feedback', () => {
    const shop = observer.shared();
    const rated = { target: { kind: 'product', id: 'HOSE-08' }, signal: 'rated', score: 0.75 };

    it('is stored, once for a key', async () => {
      const first = await shop.box.post('/v1/feedback', rated, { 'idempotency-key': 'f1' });
      const again = await shop.box.post('/v1/feedback', rated, { 'idempotency-key': 'f1' });
      expect([first.status, again.status, again.body.feedbackId]).toEqual([201, 200, first.body.feedbackId]);
      const { body } = await shop.box.get('/v1/events?type=feedback.submitted');
      expect(body.items).toHaveLength(1);
    });

    it.each([
      { score: 1.01 },
      { signal: 'shrugged' },
      { target: { kind: 'weather', id: 'x' } },
      { target: { kind: 'product', id: ' ' } },
    ])('does not take %j', async (changes) => {
      expect(problemOf(await shop.box.post('/v1/feedback', { ...rated, ...changes }))).toBe('validation-failed');
    });
  });
}
