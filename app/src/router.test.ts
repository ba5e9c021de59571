import { expect, test } from 'vitest';
import { parseHash, type Route, toHash } from './router.ts';

const routes: Route[] = [
  { name: 'quick-order' },
  { name: 'placed', orderId: '0199-a' },
  { name: 'search', q: 'hose 50 % & more', category: 'Hydraulics / Hoses' },
  { name: 'search', q: '', category: '' },
  { name: 'product', sku: 'A/B #1?' },
  { name: 'orders', q: 'PO 1', status: 'shipped' },
  { name: 'order', orderId: 'D042-B1-1XK9QZ-000123' },
  { name: 'stock', q: '', state: 'low' },
  { name: 'stock', q: 'x', state: 'all' },
];

test.each(routes)('$name survives the way through the address', (route) => {
  expect(parseHash(toHash(route))).toEqual(route);
});

test.each(['', '#', '#/'])('%j is quick order', (hash) => {
  expect(parseHash(hash)).toEqual({ name: 'quick-order' });
});

test.each(['#/nowhere', '#/product', '#/placed/'])('%j is not found', (hash) => {
  expect(parseHash(hash)).toEqual({ name: 'not-found' });
});

test('a broken escape is taken as it stands', () => {
  expect(parseHash('#/product/%E0%A4%A')).toEqual({ name: 'product', sku: '%E0%A4%A' });
});
