import type { EventData, EventType } from '../../src/events/catalog.ts';
import type { ProductSnapshot } from '../../src/events/transactional/product.ts';
import { product as anyProduct, count, dealer, price, promotion } from './facts.ts';

/** Without a description, because hits are to come from what a test names. */
const product = (sku: string, changes: Partial<ProductSnapshot>) => anyProduct(sku, { description: '', ...changes });

/** The small catalogue that the HTTP contract is checked against; its ids are fixed, so that it can be sent twice. */
const facts: { [Type in EventType]?: readonly EventData<Type>[] } = {
  'dealer.created': [dealer()],
  'product.updated': [
    product('HOSE-08', {
      name: 'Hydraulic hose DN 08',
      description: 'Two-wire braid for the front loader.',
      category: ['Hydraulics', 'Hoses', 'Two-wire braid'],
    }),
    product('HOSE-10', {
      name: 'Hydraulic hose DN 10',
      description: 'Two-wire braid.',
      category: ['Hydraulics', 'Hoses', 'Two-wire braid'],
    }),
    product('SEAL-22', { name: 'Shaft seal 22', description: 'NBR.', category: ['Seals'] }),
    product('BOLT-M8', {
      name: 'Bolt M8 x 40',
      category: ['Fasteners', 'Bolts'],
      quantityRules: { minimum: 10, increment: 5, maximum: 1000 },
    }),
    product('BELT-OLD', { name: 'V-belt, old', category: ['Belts'], status: 'discontinued', supersededBy: 'BELT-NEW' }),
    product('BELT-NEW', { name: 'V-belt, new', category: ['Belts'] }),
    product('BLOCKED-1', { name: 'Recalled clamp', category: ['Fasteners', 'Clamps'], status: 'blocked' }),
    product('NOPRICE-1', { name: 'Prototype bracket', category: ['Cab'] }),
    product('100%_PURE', { name: 'Oil 100% pure äöü', category: ['Fluids'] }),
  ],
  'price.changed': [
    price('HOSE-08', 5000, { tiers: [{ minimum: 4, unitPriceMinor: 4500 }] }),
    price('HOSE-10', 6000),
    price('SEAL-22', 250),
    price('BOLT-M8', 12),
    price('BELT-OLD', 1900),
    price('BELT-NEW', 2100),
    price('BLOCKED-1', 700),
    price('100%_PURE', 3300),
  ],
  // Always in force, so that the prices below do not depend on the day.
  'promotion.activated': [
    promotion('PROMO-BELTS', {
      categories: ['Belts'],
      activeFrom: '2020-01-01T00:00:00.000Z',
      activeTo: '2099-12-31T23:59:59.000Z',
    }),
  ],
  'inventory.changed': [
    count('HOSE-08', 40),
    count('HOSE-10', 3),
    count('SEAL-22', 0),
    count('BOLT-M8', 5000),
    count('BELT-NEW', 12),
  ],
};

export const CATALOGUE = Object.entries(facts).flatMap(([type, list]) =>
  list.map((data, index) => ({
    specversion: '1.0',
    id: `catalogue-${type}-${index}`,
    source: 'urn:dealeriq:centre:test',
    type,
    datacontenttype: 'application/json',
    data,
  })),
);
