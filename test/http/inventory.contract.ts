import { describe, expect, it } from 'vitest';
import { allPages, type Observer, problemOf } from './observer.ts';

export function inventoryContract(observer: Observer): void {
  describe('inventory', () => {
    const shop = observer.shared();
    const move = (sku: string, kind: string, quantity: number, headers: Record<string, string> = {}) =>
      shop.box.post('/v1/inventory/movements', { sku, kind, quantity }, headers);

    it('lists stock with its age, and filters low and out of stock', async () => {
      const all = await shop.box.get('/v1/inventory');
      expect(all.body.items.map((item) => [item.sku, item.available])).toEqual([
        ['BELT-NEW', 12],
        ['BOLT-M8', 5000],
        ['HOSE-08', 40],
        ['HOSE-10', 3],
        ['SEAL-22', 0],
      ]);
      expect(all.body.items[0]?.ageMs).toBeGreaterThanOrEqual(0);
      const states = async (state: string) =>
        (await shop.box.get(`/v1/inventory?state=${state}`)).body.items.map((item) => item.sku);
      expect(await states('low')).toEqual(['HOSE-10', 'SEAL-22']);
      expect(await states('out')).toEqual(['SEAL-22']);
      expect(problemOf(await shop.box.get('/v1/inventory?state=lost'))).toBe('validation-failed');
    });

    it('pages, and finds by word and by SKU', async () => {
      const { items, pages } = await allPages(shop.box, '/v1/inventory?limit=2');
      expect([pages, items.length, new Set(items.map((item) => item.sku)).size]).toEqual([3, 5, 5]);
      expect((await shop.box.get('/v1/inventory?q=hydraulic')).body.items).toHaveLength(2);
      expect((await shop.box.get('/v1/inventory?sku=HOSE-08')).body.items).toHaveLength(1);
    });

    it('receives, sells, corrects and takes back', async () => {
      const levels = [];
      for (const [kind, quantity] of [
        ['receive', 10],
        ['sell', 4],
        ['adjust', -1],
        ['return', 2],
      ] as const) {
        const { status, body } = await move('BELT-NEW', kind, quantity);
        levels.push([status, body.onHand, body.available]);
      }
      expect(levels).toEqual([
        [201, 22, 22],
        [201, 18, 18],
        [201, 17, 17],
        [201, 19, 19],
      ]);
    });

    it('covers backorders with what is received', async () => {
      await shop.box.order(['SEAL-22*5']);
      const { body } = await move('SEAL-22', 'receive', 7);
      expect(body).toMatchObject({ onHand: 7, reserved: 5, available: 2, backordered: 0 });
    });

    it('moves once for one key', async () => {
      const first = await move('BOLT-M8', 'receive', 100, { 'idempotency-key': 'delivery-1' });
      const again = await move('BOLT-M8', 'receive', 100, { 'idempotency-key': 'delivery-1' });
      expect([first.status, again.status, again.body.onHand]).toEqual([201, 200, first.body.onHand]);
      expect(problemOf(await move('BOLT-M8', 'receive', 101, { 'idempotency-key': 'delivery-1' }))).toBe(
        'idempotency-conflict',
      );
    });

    it.each([
      ['sell', 'HOSE-08', 41],
      ['adjust', 'HOSE-08', -41],
      ['adjust', 'HOSE-08', 0],
      ['receive', 'HOSE-08', 0],
      ['return', 'HOSE-08', -1],
      ['receive', 'NO-SUCH', 1],
    ])('refuses to %s %s by %i', async (kind, sku, quantity) => {
      const answer = await move(sku, kind, quantity);
      expect([answer.status, problemOf(answer)]).toEqual([422, 'invalid-movement']);
    });

    it.each([
      ['reserve', 1],
      ['receive', 1.5],
      ['receive', 1_000_000_001],
      ['adjust', -1_000_000_001],
    ])('does not take %s of %d', async (kind, quantity) => {
      expect(problemOf(await move('HOSE-08', kind, quantity))).toBe('validation-failed');
    });
  });
}
