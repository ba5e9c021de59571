import { describe, expect, it } from 'vitest';
import { payload, product } from '../support/facts.ts';
import { batchOf, fromCentre } from '../support/http-target.ts';
import { allPages, type Box, type Observer, problemOf } from './observer.ts';

export function deadLettersContract(observer: Observer): void {
  describe('dead letters', () => {
    const shop = observer.shared();

    const refused = async (id: string) => {
      const event = { ...fromCentre('product.updated', product('X'), id), type: 'no.such.type' };
      return (await shop.box.event(event)).body.deadLetterId;
    };

    it('lists them newest first, page by page, and by status', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) ids.push(await refused(`listed-${count}`));
      await shop.box.post(`/v1/dlq/${ids[2]}/discard`, {});
      const { items } = await allPages(shop.box, '/v1/dlq?limit=2');
      expect(items.map((item) => item.id)).toEqual([...ids].reverse());
      const open = await allPages(shop.box, '/v1/dlq?status=open');
      expect(open.items.map((item) => item.id)).not.toContain(ids[2]);
      expect((await shop.box.get('/v1/dlq?status=discarded')).body.items.map((item) => item.id)).toEqual([ids[2]]);
      expect((await shop.box.get('/v1/sync')).body.deadLetters).toBe(4);
    });

    it('discards once, keeps the payload, and refuses a second time', async () => {
      const id = await refused('discard');
      const discarded = await shop.box.send(`/v1/dlq/${id}/discard`, { method: 'POST' });
      expect([discarded.status, discarded.body.status]).toEqual([200, 'discarded']);
      expect(discarded.body.resolvedAt).not.toBeNull();
      expect(discarded.body.payloadText).toContain('no.such.type');
      const twice = await shop.box.send(`/v1/dlq/${id}/discard`, { method: 'POST' });
      expect([twice.status, problemOf(twice)]).toEqual([409, 'conflict']);
      const retried = await shop.box.send(`/v1/dlq/${id}/retry`, { method: 'POST' });
      expect([retried.status, problemOf(retried)]).toEqual([409, 'conflict']);
    });

    it('counts a retry that still does not fit, and leaves it open', async () => {
      const id = await refused('still');
      const answer = await shop.box.send(`/v1/dlq/${id}/retry`, { method: 'POST' });
      expect([answer.status, problemOf(answer), answer.body.reasonCode]).toEqual([
        422,
        'contract-violation',
        'unknown-type',
      ]);
      expect((await shop.box.get(`/v1/dlq/${id}`)).body).toMatchObject({
        status: 'open',
        attempts: 2,
        resolvedAt: null,
      });
    });

    it.each(['retry', 'discard'])('answers 404 to %s what is not here', async (action) => {
      expect(problemOf(await shop.box.send(`/v1/dlq/no-such/${action}`, { method: 'POST' }))).toBe('not-found');
      expect(problemOf(await shop.box.get('/v1/dlq/no-such'))).toBe('not-found');
    });
  });

  // A box that was set up under the wrong dealer id refuses what its own portal sends; once the id is put right,
  // the same bytes fit.
  describe('retrying a dead letter after the cause was mended', () => {
    const ticket = (id: string) => ({
      ...fromCentre('ticket.created', payload('ticket.created', { ticketId: id }), id),
      source: 'urn:dealeriq:dealer:D043:portal',
    });
    const binaryHeaders = (id: string) => ({
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': 'urn:dealeriq:dealer:D043:portal',
      'ce-type': 'ticket.created',
    });

    it('logs it under its own id: structured, binary and out of a batch', async () => {
      const box = await observer.empty({ dealerId: 'D042' });
      const letters = [(await box.event(ticket('structured'))).body.deadLetterId];
      letters.push((await box.post('/v1/events', ticket('binary').data, binaryHeaders('binary'))).body.deadLetterId);
      const batch = batchOf([ticket('batch')]);
      batch.headers = { 'content-type': 'Application/CloudEvents-Batch+JSON' };
      letters.push((await box.send('/v1/events', batch)).body.results[0]?.deadLetterId ?? '');
      await box.reopen({ dealerId: 'D043' });
      for (const id of letters) {
        const { status, body } = await box.send(`/v1/dlq/${id}/retry`, { method: 'POST' });
        expect([status, body.status, body.attempts]).toEqual([200, 'retried', 2]);
      }
      const { body } = await box.get('/v1/tickets');
      expect(body.items.map((item) => item.ticketId)).toEqual(['batch', 'binary', 'structured']);
      expect(await idsIn(box)).toEqual(['structured', 'binary', 'batch']);
      expect(problemOf(await box.send(`/v1/dlq/${letters[0]}/retry`, { method: 'POST' }))).toBe('conflict');
      await box.close();
    });

    it('changes nothing twice when two retry at once', async () => {
      const box = await observer.empty({ dealerId: 'D042' });
      const { body } = await box.event(ticket('twice'));
      await box.reopen({ dealerId: 'D043' });
      const answers = await Promise.all(
        [0, 1].map(() => box.send(`/v1/dlq/${body.deadLetterId}/retry`, { method: 'POST' })),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
      expect(await idsIn(box)).toEqual(['twice']);
      await box.close();
    });

    async function idsIn(box: Box): Promise<readonly string[]> {
      return (await box.get('/v1/events?type=ticket.created')).body.items.map((event) => event.id);
    }
  });
}
