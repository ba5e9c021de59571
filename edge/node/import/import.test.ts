import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestsOf as allDigestsOf } from '../../../test/support/edge-box.ts';
import { type ImportBox, openImportBox, PRODUCTS } from '../../../test/support/import-box.ts';

let box: ImportBox;
beforeEach(async () => {
  box = await openImportBox();
});
afterEach(() => box.dispose());

const snapshot = async (sku: string) =>
  (await box.json('SELECT snapshot AS json FROM products WHERE sku = ?', sku))[0] ?? {};
const prices = (sku: string) => box.json('SELECT snapshot AS json FROM prices WHERE sku = ? ORDER BY version', sku);

/** A run of an import counts as a run, whatever it changes. */
const digestsOf = async (store: Parameters<typeof allDigestsOf>[0]) => ({
  ...(await allDigestsOf(store)),
  pipeline_runs: undefined,
});

describe('products and prices', () => {
  test('can be ordered from once they are imported', async () => {
    expect(await box.load('products', PRODUCTS)).toMatchObject({ rows: 2, created: 2, rowsRejected: 0, events: 4 });
    expect(await snapshot('A-1')).toMatchObject({ name: 'Hose, long', category: ['Hydraulics', 'Hoses'], version: 1 });
    expect(await prices('A-2')).toMatchObject([{ listUnitPriceMinor: 7, currency: 'EUR', priceListId: 'EU' }]);
    const { events } = await box.runtime.execute('place-order', { lines: [{ sku: 'A-1', quantity: 2 }] });
    expect(events[0]?.data).toMatchObject({ totals: { netMinor: 2500 } });
  });

  test('imported again they change nothing', async () => {
    await box.load('products', PRODUCTS);
    const before = await digestsOf(box.store);
    expect(await box.load('products', PRODUCTS)).toMatchObject({ created: 0, changed: 0, unchanged: 2, events: 0 });
    expect(await digestsOf(box.store)).toEqual(before);
    expect(await box.eventsOf('product.updated', 'price.changed')).toBe(4);
  });

  test('a changed price is a new version, and the product stays as it is', async () => {
    await box.load('products', PRODUCTS);
    const changed = await box.load('products', PRODUCTS.replace('12,50', '13,00'));
    expect(changed).toMatchObject({ created: 0, changed: 1, unchanged: 1, events: 1 });
    expect((await prices('A-1')).map((price) => [price.version, price.listUnitPriceMinor])).toEqual([
      [1, 1250],
      [2, 1300],
    ]);
    // Back to what it was: a change again, not the event of the first import.
    expect(await box.load('products', PRODUCTS)).toMatchObject({ changed: 1, events: 1 });
    expect((await prices('A-1')).at(-1)).toMatchObject({ version: 3, listUnitPriceMinor: 1250 });
    expect((await snapshot('A-1')).version).toBe(1);
  });

  test('fields that a file has no column for stay, and an empty cell clears', async () => {
    await box.load('products', 'sku,name,brand,description,leadTimeDays\nA-1,Hose,Terrafirm,Long text,4\n');
    await box.load('products', 'sku,name\nA-1,Hose 2\n');
    expect(await snapshot('A-1')).toMatchObject({ name: 'Hose 2', brand: 'Terrafirm', leadTimeDays: 4, version: 2 });
    await box.load('products', 'sku,name,description\nA-1,Hose 2,\n');
    expect(await snapshot('A-1')).toMatchObject({ description: '', brand: 'Terrafirm', version: 3 });
  });

  test('wrong rows are explained, the others imported', async () => {
    const report = join(box.folder, 'report.csv');
    const result = await box.load(
      'products',
      `sku,name,price,gtin,minimum,status
A-1,Hose,12.50,,,
,No SKU,1.00,,,
A-2,,1.00,,,
A-3,Bolt,on request,,,
A-4,Bolt,-1.00,,,
A-5,Bolt,1.00,123,,
A-6,Bolt,1.00,,half,
A-7,Bolt,1.00,,,gone
A-1,Hose,12.50,,,
A-1,Other,12.50,,,
A-8,Washer,,,,
A-9,Ring,1.00,,,,,too many
FEE,Fee,1.00,,,
A-10,=cmd(),1.005,,,
`,
      { reportPath: report, skipSku: /^FEE$/ },
    );
    expect(result).toMatchObject({ rows: 14, created: 2, rowsRejected: 12, unpriced: 1 });
    expect(result.rejected.map(({ row, column, code }) => [row, column, code])).toEqual([
      [3, 'sku', 'missing'],
      [4, 'name', 'missing'],
      [5, 'price', 'not-a-number'],
      [6, 'price', 'price-not-positive'],
      [8, 'minimum', 'not-a-whole-number'],
      [9, 'status', 'unknown-status'],
      [10, 'sku', 'repeated'],
      [11, 'sku', 'duplicate'],
      [13, undefined, 'bad-row'],
      [14, 'sku', 'not-a-product'],
      [15, 'price', 'too-many-decimals'],
      [7, 'gtin', 'does-not-fit'],
    ]);
    const lines = readFileSync(report, 'utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(13);
    expect(lines[0]).toBe('\ufeffrow,column,code,what to do');
    expect(lines[1]).toBe('3,sku,missing,is empty; fill it in');
    const [failed] = await box.json("SELECT data AS json FROM events WHERE type = 'data.validation.failed'");
    expect(failed).toMatchObject({ dataset: 'products', rowsTotal: 14, rowsFailed: 12, truncated: false });
    const [started] = await box.json("SELECT data AS json FROM events WHERE type = 'data.pipeline.started'");
    expect(started).toMatchObject({ runId: failed?.runId, inputs: [{ rows: 14, sha256: result.sha256 }] });
  });

  test('prices go to products that are here, with tiers and dates', async () => {
    await box.load('products', PRODUCTS);
    const file = `sku,price,valid from,tiers
A-1,11.00,2027-01-01,10:10.50;50:9.90
A-2,1.255,,
X-9,1.00,,
`;
    const result = await box.load('prices', file, { currency: 'EUR', priceListId: 'EU' });
    expect(result.rejected).toMatchObject([
      { row: 3, code: 'too-many-decimals' },
      { row: 4, code: 'unknown-sku' },
    ]);
    expect((await prices('A-1'))[1]).toMatchObject({
      effectiveFrom: '2026-12-31T23:00:00.000Z',
      tiers: [
        { minimum: 10, unitPriceMinor: 1050 },
        { minimum: 50, unitPriceMinor: 990 },
      ],
    });
    expect(await box.load('prices', file, { round: true })).toMatchObject({ unchanged: 1, changed: 1 });
    expect(await box.load('prices', file, { round: true })).toMatchObject({ unchanged: 2, changed: 0, events: 0 });
  });

  test('a dry run writes nothing', async () => {
    const head = box.runtime.head();
    const result = await box.load('products', `${PRODUCTS};No SKU;;EA;1,00\n`, { dryRun: true });
    expect(result).toMatchObject({ created: 2, rowsRejected: 1, events: 0 });
    expect(box.runtime.head()).toBe(head);
  });
});

describe('stock', () => {
  test('a count replaces what is on hand, and promises stay', async () => {
    await box.load('products', PRODUCTS);
    await box.load('stock', 'sku,qty\nA-1,10\nA-2,500\n');
    await box.runtime.execute('place-order', { lines: [{ sku: 'A-1', quantity: 4 }] });
    const result = await box.load('stock', 'sku,qty\nA-1,3\nA-2,500\nA-3,1\nA-2,-1\n');
    expect(result).toMatchObject({ changed: 1, unchanged: 1 });
    expect(result.rejected.map(({ row, code }) => [row, code])).toEqual([
      [5, 'too-small'],
      [4, 'unknown-sku'],
    ]);
    const [row] = await box.rows("SELECT on_hand, reserved, available, backordered FROM stock WHERE sku = 'A-1'");
    expect(row).toEqual({ on_hand: 3, reserved: 3, available: 0, backordered: 1 });
    expect(await box.load('stock', 'sku,qty\nA-1,3\nA-2,500\n')).toMatchObject({ unchanged: 2, events: 0 });
  });
});
