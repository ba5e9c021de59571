import { describe, expect, it } from 'vitest';
import { product } from '../support/facts.ts';
import { batchOf, fromCentre } from '../support/http-target.ts';
import { allPages, type Observer, problemOf } from './observer.ts';

const HOSTILE = [
  '" OR *',
  'NEAR(hose seal)',
  'hose NOT seal',
  'name:hose',
  '"unclosed',
  "'; DROP TABLE products; --",
  '%',
  '_',
  '*',
  '^hose',
  '{hose}',
  '🚜🔧',
  '½ ª ⅷ 𝟘',
  'x\u0000y',
  '\u202Ehose',
  'a'.repeat(500),
];

export function productsContract(observer: Observer): void {
  describe('products', () => {
    const shop = observer.shared();
    const skus = async (query: string) =>
      (await shop.box.get(`/v1/products${query}`)).body.items.map((item) => item.sku);

    it('lists all in the order of SKUs and says so, page by page', async () => {
      const { items, pages } = await allPages(shop.box, '/v1/products?limit=4');
      expect(pages).toBe(3);
      const found = items.map((item) => item.sku);
      expect(found).toEqual([...found].sort());
      expect(found).toHaveLength(9);
      expect((await shop.box.get('/v1/products')).body.mode).toBe('list');
    });

    it('finds by words of the name, by the start of the last word and by SKU', async () => {
      expect((await shop.box.get('/v1/products?q=hose')).body.mode).toBe('keyword');
      expect((await skus('?q=hydraulic%20ho')).sort()).toEqual(['HOSE-08', 'HOSE-10']);
      expect(await skus('?q=HOSE-10')).toEqual(['HOSE-10']);
      expect((await skus('?q=hose-08'))[0]).toBe('HOSE-08');
      expect(await skus('?q=aou')).toEqual(['100%_PURE']);
      expect(await skus('?q=nothing%20of%20the%20kind')).toEqual([]);
    });

    it('finds by a part of a SKU, with or without what separates it', async () => {
      expect(await skus('?q=OLT-M8')).toEqual(['BOLT-M8']);
      expect(await skus('?q=boltm8')).toEqual(['BOLT-M8']);
      expect(await skus('?q=hose10&category=Hydraulics')).toEqual(['HOSE-10']);
      expect(await skus('?q=hose10&category=Belts')).toEqual([]);
    });

    it('forgives a slip of the typist, and says what it searched for', async () => {
      const { body } = await shop.box.get('/v1/products?q=hydrualic%20hsoe');
      expect(body.items.map((item) => item.sku).sort()).toEqual(['HOSE-08', 'HOSE-10']);
      expect(body.corrections).toEqual([
        { typed: 'hydrualic', used: 'hydraulic' },
        { typed: 'hsoe', used: 'hose' },
      ]);
      const { items } = await allPages(shop.box, '/v1/products?q=hydrualic&limit=1');
      expect(items.map((item) => item.sku).sort()).toEqual(['HOSE-08', 'HOSE-10']);
      expect((await shop.box.get('/v1/products?q=hydraulic')).body.corrections).toBeUndefined();
    });

    it('finds what has some of the words when nothing has them all', async () => {
      expect((await skus('?q=hydraulic%20bracket')).sort()).toEqual(['HOSE-08', 'HOSE-10', 'NOPRICE-1']);
    });

    it('mends no part number into another one', async () => {
      expect(await skus('?q=HOSE-09')).not.toContain('BOLT-M8');
      expect((await shop.box.get('/v1/products?q=4712')).body).toEqual({ mode: 'keyword', items: [] });
    });

    it('knows the words of a product that has just come', async () => {
      await shop.box.target.fetch(
        '/v1/events',
        batchOf([
          fromCentre('product.updated', product('GASK-1', { name: 'Gasket', description: '', category: ['Sealing'] })),
        ]),
      );
      expect(await skus('?q=gakset')).toEqual(['GASK-1']);
    });

    it('pages through hits without a gap or a repeat', async () => {
      const { items } = await allPages(shop.box, '/v1/products?q=b&limit=1');
      expect(items.map((item) => item.sku)).toEqual(await skus('?q=b'));
      expect(new Set(items.map((item) => item.sku)).size).toBe(items.length);
    });

    it('keeps to a category with all below it, and takes no wildcards', async () => {
      expect(await skus('?category=Hydraulics')).toEqual(['HOSE-08', 'HOSE-10']);
      expect(await skus('?category=Hydraulics%20/%20Hoses&q=10')).toEqual(['HOSE-10']);
      expect(await skus('?category=Hydr%25')).toEqual([]);
      const { body } = await shop.box.get('/v1/categories');
      expect(body.items).toContainEqual({ category: 'Hydraulics / Hoses / Two-wire braid', count: 2 });
    });

    it.each(HOSTILE)('takes %j as words, not as a query language', async (typed) => {
      for (const path of ['/v1/products', '/v1/inventory', '/v1/orders']) {
        const { status } = await shop.box.get(
          `${path}?q=${encodeURIComponent(typed.slice(0, path.endsWith('orders') ? 100 : 500))}`,
        );
        expect(status).toBe(200);
      }
    });

    it('refuses ten thousand characters', async () => {
      expect(problemOf(await shop.box.get(`/v1/products?q=${'x'.repeat(10_000)}`))).toBe('validation-failed');
    });

    it.each(['limit=0', 'limit=501', 'limit=-1', 'limit=1.5', 'limit=ten', 'limit=', 'limit=1e9'])(
      'refuses ?%s',
      async (query) => expect(problemOf(await shop.box.get(`/v1/products?${query}`))).toBe('validation-failed'),
    );

    it.each([['x'], [1.5], [-1], [1e300], ['a', 'b'], [], { a: 1 }, 'text'])(
      'refuses the made-up cursor %j',
      async (values) => {
        const cursor = encodeURIComponent(btoa(JSON.stringify(values)));
        expect(problemOf(await shop.box.get(`/v1/products?q=hose&cursor=${cursor}`))).toBe('invalid-request');
      },
    );

    it('shows price, tiers, promotion, stock and its age of one', async () => {
      const { body: hose } = await shop.box.get('/v1/products/HOSE-08');
      expect(hose).toMatchObject({
        sku: 'HOSE-08',
        price: {
          listUnitPriceMinor: 5000,
          unitPriceMinor: 5000,
          tiers: [{ minimum: 4, unitPriceMinor: 4500 }],
          currency: 'EUR',
        },
        stock: { onHand: 40, available: 40 },
        priceHistory: [{ listUnitPriceMinor: 5000 }],
      });
      const { body: belt } = await shop.box.get('/v1/products/BELT-NEW');
      expect(belt).toMatchObject({
        price: { unitPriceMinor: 1890, promotionId: 'PROMO-BELTS' },
        promotions: [{ promotionId: 'PROMO-BELTS', discountBasisPoints: 1000 }],
      });
      expect((await shop.box.get('/v1/products/NOPRICE-1')).body).toMatchObject({ price: null, stock: null });
      expect((await shop.box.get('/v1/products/100%25_PURE')).body.sku).toBe('100%_PURE');
    });

    it('says what replaces a discontinued one', async () => {
      const { body } = await shop.box.get('/v1/products/BELT-OLD');
      expect(body).toMatchObject({ status: 'discontinued', supersededBy: 'BELT-NEW' });
    });

    it('finds the nearest of one, without itself', async () => {
      const { body } = await shop.box.get('/v1/products/HOSE-08/similar');
      expect(body.mode).toBe('keyword');
      expect(body.items.map((item) => item.sku)).toEqual(['HOSE-10']);
    });

    it.each(['/v1/products/NO-SUCH', '/v1/products/NO-SUCH/similar', '/v1/products/%00', '/v1/products/%FF%'])(
      'answers 404 at %s',
      async (path) => expect(problemOf(await shop.box.get(path))).toBe('not-found'),
    );
  });

  describe('quotes', () => {
    const shop = observer.shared();

    it('prices the lines that can be ordered and points to the others', async () => {
      const { status, body } = await shop.box.post('/v1/quotes', {
        lines: [
          { sku: 'HOSE-08', quantity: 4 },
          { sku: 'NO-SUCH', quantity: 1 },
          { sku: 'BOLT-M8', quantity: 11 },
          { sku: 'SEAL-22', quantity: 2 },
        ],
      });
      expect(status).toBe(200);
      expect(body.lines.map((line) => [line.lineNumber, line.sku, line.netMinor])).toEqual([
        [1, 'HOSE-08', 18_000],
        [4, 'SEAL-22', 500],
      ]);
      expect(body).toMatchObject({ currency: 'EUR', totals: { netMinor: 18_500 } });
      expect(body.violations.map(({ pointer, code }) => [pointer, code])).toEqual([
        ['/lines/1/sku', 'unknown-sku'],
        ['/lines/2/quantity', 'quantity-rule'],
      ]);
    });

    it('quotes nothing for lines that are all bad, and for none', async () => {
      const bad = await shop.box.post('/v1/quotes', { lines: [{ sku: 'NO-SUCH', quantity: 1 }] });
      expect(bad.body).toMatchObject({ lines: [], totals: { netMinor: 0 }, violations: [{ code: 'unknown-sku' }] });
      const none = await shop.box.post('/v1/quotes', { lines: [] });
      expect(none.body).toMatchObject({ lines: [], violations: [{ code: 'empty-order' }] });
    });

    it('changes nothing', async () => {
      const before = (await shop.box.get('/v1/events')).body.head;
      await shop.box.post('/v1/quotes', { lines: [{ sku: 'HOSE-08', quantity: 4 }] });
      expect((await shop.box.get('/v1/events')).body.head).toBe(before);
    });
  });
}
