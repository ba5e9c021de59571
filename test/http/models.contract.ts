import { describe, expect, it } from 'vitest';
import { payload } from '../support/facts.ts';
import { fromCentre } from '../support/http-target.ts';
import { type Observer, problemOf } from './observer.ts';

export function modelsContract(observer: Observer): void {
  describe('models', () => {
    const shop = observer.shared();

    it('lists a candidate of the centre with its figures, and serves it not', async () => {
      const trained = fromCentre('model.trained', payload('model.trained'));
      await shop.box.post('/v1/events', trained, { 'content-type': 'application/cloudevents+json' });
      const { status, body } = await shop.box.get('/v1/models');
      expect(status).toBe(200);
      expect(body.items.find(({ version }) => version === 'forecast-1.2.0')).toMatchObject({
        task: 'forecast',
        stage: 'candidate',
        serving: false,
        pending: false,
        metrics: { mase: 0.83 },
      });
    });

    it('has nothing to go back to before a deployment', async () => {
      const answer = await shop.box.post('/v1/models/embedding/rollback', {});
      expect([answer.status, problemOf(answer)]).toEqual([409, 'conflict']);
      expect(answer.body.detail).toContain('came with the program');
    });
  });
}
