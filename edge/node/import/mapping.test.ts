import { describe, expect, test } from 'vitest';
import { EdgeError } from '../../../src/core/errors.ts';
import { parsePairs, resolveMapping } from './mapping.ts';

const places = (...args: Parameters<typeof resolveMapping>) => Object.fromEntries(resolveMapping(...args).places);

function detailOf(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'import-failed') return error.detail;
    throw error;
  }
}

describe('column mapping', () => {
  test('finds columns by the names that other systems give them', () => {
    const header = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'];
    expect(places('orders', header, {}, {})).toEqual({ order: 0, sku: 1, name: 2, quantity: 3, date: 4, price: 5 });
    expect(resolveMapping('orders', header, {}, {}).unused).toEqual(['CustomerID']);
    expect(places('prices', ['Artikelnummer', 'Listenpreis', 'Gültig ab'], {}, {})).toEqual({
      sku: 0,
      price: 1,
      effectiveFrom: 2,
    });
  });

  test('a description is the name where there is no name', () => {
    expect(places('products', ['SKU', 'Description'], {}, {})).toEqual({ sku: 0, name: 1 });
    expect(places('products', ['SKU', 'Name', 'Description'], {}, {})).toEqual({ sku: 0, name: 1, description: 2 });
  });

  test('what is told goes before what is found', () => {
    const header = ['SKU', 'Old SKU', 'Name', 'Color'];
    const mapping = resolveMapping('products', header, { 'sku': 'old sku', 'attribute.color': '#4' }, {});
    expect(Object.fromEntries(mapping.places)).toEqual({ sku: 1, name: 2 });
    expect(Object.fromEntries(mapping.attributes)).toEqual({ color: 3 });
  });

  test('says what is missing, what there is, and how to say it', () => {
    expect(detailOf(() => resolveMapping('orders', ['No', 'SKU'], {}, {}))).toBe(
      'No column for order, quantity, date, price. The file has: No, SKU. Say which one it is: --map order=COLUMN,quantity=COLUMN,date=COLUMN,price=COLUMN.',
    );
    expect(detailOf(() => resolveMapping('stock', ['SKU'], { quantity: 'Count' }, {}))).toContain('no column "Count"');
    expect(detailOf(() => resolveMapping('stock', ['SKU'], { amount: 'SKU' }, {}))).toContain('no field "amount"');
    expect(detailOf(() => resolveMapping('stock', ['SKU'], { quantity: '#2' }, {}))).toContain('no column "#2"');
  });

  test('a default stands in for a column', () => {
    expect(places('stock', ['SKU'], {}, { quantity: '0' })).toEqual({ sku: 0 });
  });

  test('pairs may have commas in their values', () => {
    expect(parsePairs('a=b, c = d\\, e', 'map')).toEqual({ a: 'b', c: 'd, e' });
    expect(detailOf(() => parsePairs('a', 'map'))).toContain('field=value');
  });
});
