import { describe, expect, it } from 'vitest';
import { type Observer, problemOf } from './observer.ts';

export function catalogueContract(observer: Observer): void {
  describe('the event catalogue', () => {
    const shop = observer.shared();

    it('lists 45 types, each with direction, lane, topic and subjects of its own', async () => {
      const { body } = await shop.box.get('/v1/catalog');
      expect(body.items).toHaveLength(45);
      expect(new Set(body.items.map((item) => item.type)).size).toBe(45);
      expect(new Set(body.items.map((item) => item.topic)).size).toBe(45);
      expect(body.items.find((item) => item.type === 'order.placed')).toMatchObject({
        direction: 'up',
        lane: 'live',
        topic: 'dealeriq.order.placed',
        natsSubjects: ['dealeriq.up.D042.live.order.placed'],
      });
    });

    it('has schemas and an example for each', async () => {
      const { body } = await shop.box.get('/v1/catalog');
      for (const { type } of body.items) {
        const { body: one } = await shop.box.get(`/v1/catalog/${type}`);
        expect(one).toMatchObject({
          type,
          jsonSchema: expect.anything(),
          avroSchema: expect.anything(),
          example: expect.anything(),
        });
      }
    });

    it.each(['no.such', '__proto__', 'constructor', '%00'])('answers 404 for the type %s', async (type) =>
      expect(problemOf(await shop.box.get(`/v1/catalog/${type}`))).toBe('not-found'),
    );
  });

  describe('the dealer', () => {
    it('has a profile', async () => {
      const box = await observer.stocked();
      const { status, body } = await box.get('/v1/dealer');
      expect([status, body.dealerId, body.currency]).toEqual([200, 'D042', 'EUR']);
      await box.close();
    });
  });
}
