import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestsOf, type EdgeBox, openBox } from '../../../test/support/edge-box.ts';
import { dealer } from '../../../test/support/facts.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import type { DatasetName } from './fields.ts';
import { type ImportOptions, runImport, surveyImport } from './run-import.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

let box: EdgeBox;
beforeEach(async () => {
  box = await openBox();
  await box.receive('dealer.created', dealer({ currency: 'EUR', priceListId: 'EU', timeZone: 'Europe/Berlin' }));
});
afterEach(() => box.dispose());

const PRODUCTS = `sku;name;category;unit;price
A-1;"Hose, long";Hydraulics / Hoses;EA;12,50
A-2;Bolt M8;Fasteners;EA;0,07
`;

let files = 0;
async function load(dataset: DatasetName, content: string, more: Partial<ImportOptions> = {}) {
  files += 1;
  const path = join(folder.path, `${files}.csv`);
  writeFileSync(path, content);
  const options: ImportOptions = {
    dataset,
    path,
    csv: {},
    map: {},
    defaults: {},
    dryRun: false,
    dateOrder: 'auto',
    decimal: 'auto',
    round: false,
    allowUnknownSkus: false,
    shipped: true,
    ...more,
  };
  return runImport(box.runtime, options, await surveyImport(options));
}

const json = async (sql: string, ...args: (string | number)[]) =>
  (await box.rows(sql, ...args)).map((row) => JSON.parse(String(row.json)));
const snapshot = async (sku: string) => (await json('SELECT snapshot AS json FROM products WHERE sku = ?', sku))[0];
const prices = (sku: string) => json('SELECT snapshot AS json FROM prices WHERE sku = ? ORDER BY version', sku);
const eventsOf = async (...types: string[]) =>
  (await box.rows('SELECT type FROM events WHERE type IN (SELECT value FROM json_each(?))', JSON.stringify(types)))
    .length;

describe('products and prices', () => {
  test('can be ordered from once they are imported', async () => {
    expect(await load('products', PRODUCTS)).toMatchObject({ rows: 2, created: 2, rowsRejected: 0, events: 4 });
    expect(await snapshot('A-1')).toMatchObject({ name: 'Hose, long', category: ['Hydraulics', 'Hoses'], version: 1 });
    expect(await prices('A-2')).toMatchObject([{ listUnitPriceMinor: 7, currency: 'EUR', priceListId: 'EU' }]);
    const { events } = await box.runtime.execute('place-order', { lines: [{ sku: 'A-1', quantity: 2 }] });
    expect(events[0]?.data).toMatchObject({ totals: { netMinor: 2500 } });
  });

  test('imported again they change nothing', async () => {
    await load('products', PRODUCTS);
    const before = await digestsOf(box.store);
    expect(await load('products', PRODUCTS)).toMatchObject({ created: 0, changed: 0, unchanged: 2, events: 0 });
    expect(await digestsOf(box.store)).toEqual(before);
    expect(await eventsOf('product.updated', 'price.changed')).toBe(4);
  });

  test('a changed price is a new version, and the product stays as it is', async () => {
    await load('products', PRODUCTS);
    const changed = await load('products', PRODUCTS.replace('12,50', '13,00'));
    expect(changed).toMatchObject({ created: 0, changed: 1, unchanged: 1, events: 1 });
    expect((await prices('A-1')).map((price) => [price.version, price.listUnitPriceMinor])).toEqual([
      [1, 1250],
      [2, 1300],
    ]);
    // Back to what it was: a change again, not the event of the first import.
    expect(await load('products', PRODUCTS)).toMatchObject({ changed: 1, events: 1 });
    expect((await prices('A-1')).at(-1)).toMatchObject({ version: 3, listUnitPriceMinor: 1250 });
    expect((await snapshot('A-1')).version).toBe(1);
  });

  test('fields that a file has no column for stay, and an empty cell clears', async () => {
    await load('products', 'sku,name,brand,description,leadTimeDays\nA-1,Hose,Terrafirm,Long text,4\n');
    await load('products', 'sku,name\nA-1,Hose 2\n');
    expect(await snapshot('A-1')).toMatchObject({ name: 'Hose 2', brand: 'Terrafirm', leadTimeDays: 4, version: 2 });
    await load('products', 'sku,name,description\nA-1,Hose 2,\n');
    expect(await snapshot('A-1')).toMatchObject({ description: '', brand: 'Terrafirm', version: 3 });
  });

  test('wrong rows are explained, the others imported', async () => {
    const report = join(folder.path, 'report.csv');
    const result = await load(
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
    const [failed] = await json("SELECT data AS json FROM events WHERE type = 'data.validation.failed'");
    expect(failed).toMatchObject({ dataset: 'products', rowsTotal: 14, rowsFailed: 12, truncated: false });
    const [started] = await json("SELECT data AS json FROM events WHERE type = 'data.pipeline.started'");
    expect(started).toMatchObject({ runId: failed.runId, inputs: [{ rows: 14, sha256: result.sha256 }] });
  });

  test('prices go to products that are here, with tiers and dates', async () => {
    await load('products', PRODUCTS);
    const file = `sku,price,valid from,tiers
A-1,11.00,2027-01-01,10:10.50;50:9.90
A-2,1.255,,
X-9,1.00,,
`;
    const result = await load('prices', file, { currency: 'EUR', priceListId: 'EU' });
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
    expect(await load('prices', file, { round: true })).toMatchObject({ unchanged: 1, changed: 1 });
    expect(await load('prices', file, { round: true })).toMatchObject({ unchanged: 2, changed: 0, events: 0 });
  });

  test('a dry run writes nothing', async () => {
    const head = box.runtime.head();
    const result = await load('products', `${PRODUCTS};No SKU;;EA;1,00\n`, { dryRun: true });
    expect(result).toMatchObject({ created: 2, rowsRejected: 1, events: 0 });
    expect(box.runtime.head()).toBe(head);
  });
});

describe('stock', () => {
  test('a count replaces what is on hand, and promises stay', async () => {
    await load('products', PRODUCTS);
    await load('stock', 'sku,qty\nA-1,10\nA-2,500\n');
    await box.runtime.execute('place-order', { lines: [{ sku: 'A-1', quantity: 4 }] });
    const result = await load('stock', 'sku,qty\nA-1,3\nA-2,500\nA-3,1\nA-2,-1\n');
    expect(result).toMatchObject({ changed: 1, unchanged: 1 });
    expect(result.rejected.map(({ row, code }) => [row, code])).toEqual([
      [5, 'too-small'],
      [4, 'unknown-sku'],
    ]);
    const [row] = await box.rows("SELECT on_hand, reserved, available, backordered FROM stock WHERE sku = 'A-1'");
    expect(row).toEqual({ on_hand: 3, reserved: 3, available: 0, backordered: 1 });
    expect(await load('stock', 'sku,qty\nA-1,3\nA-2,500\n')).toMatchObject({ unchanged: 2, events: 0 });
  });
});

describe('past orders', () => {
  const ORDERS = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID
1001,A-1,Hose then,2,2026-01-15 12:00,12.50,7
1002,A-2,,100,2026-02-01 09:30,0.07,
1001,A-2,,5,2026-01-15 12:00,0.08,7
C1003,A-1,,-2,2026-02-02 10:00,12.50,7
1004,POST,,1,2026-02-03 10:00,18.00,7
1005,A-1,,1,2026-02-03 10:00,0,7
1006,A-1,,1,2030-02-03 10:00,1.00,7
`;
  beforeEach(() => load('products', PRODUCTS));

  test('the rows of one number are one order, wherever they stand; the rest is explained', async () => {
    const result = await load('orders', ORDERS);
    expect(result).toMatchObject({ rows: 7, created: 2, rowsImported: 3, rowsRejected: 4, events: 6 });
    expect(result.rejected.map(({ row, code }) => [row, code]).sort()).toEqual([
      [5, 'return'],
      [6, 'unknown-sku'],
      [7, 'price-not-positive'],
      [8, 'in-the-future'],
    ]);
    const [first] = await json(
      "SELECT e.data AS json FROM events e JOIN orders o ON o.order_id = e.subject WHERE o.order_number = '1001' AND e.type = 'order.placed'",
    );
    expect(first).toMatchObject({
      placedAt: '2026-01-15T11:00:00.000Z',
      totals: { netMinor: 2540, taxVersion: 'not-stated' },
      lines: [
        { sku: 'A-1', name: 'Hose then', quantity: 2, netMinor: 2500 },
        { sku: 'A-2', name: 'Bolt M8', quantity: 5, netMinor: 40 },
      ],
    });
    const [order] = await box.rows("SELECT accepted_at, shipped_at FROM orders WHERE order_number = '1001'");
    expect(order).toEqual({ accepted_at: '2026-01-15T11:00:00.000Z', shipped_at: '2026-01-15T11:00:00.000Z' });
    // History moves no stock of today.
    expect(await eventsOf('inventory.changed')).toBe(0);
  });

  test('imported again they change nothing; another content is refused', async () => {
    await load('orders', ORDERS);
    const before = await digestsOf(box.store);
    expect(await load('orders', ORDERS)).toMatchObject({ created: 0, unchanged: 2, events: 0 });
    const changed = await load('orders', ORDERS.replace('100,2026', '99,2026'));
    expect(changed).toMatchObject({ unchanged: 1, events: 0 });
    expect(changed.reasons).toContainEqual({ code: 'order-changed', column: 'InvoiceNo', rows: 1 });
    expect(await digestsOf(box.store)).toEqual(before);
  });

  test('an order with more lines than one may have comes in parts', async () => {
    const lines = Array.from({ length: 1001 }, (_, index) => `2001,A-1,${index + 1},2026-01-15,1.00`);
    const result = await load('orders', `order,sku,quantity,date,price\n${lines.join('\n')}\n`, { shipped: false });
    expect(result).toMatchObject({ created: 3, rowsImported: 1001, events: 6 });
    const rows = await box.rows('SELECT order_number, line_count, shipped_at FROM orders ORDER BY order_number');
    expect(rows).toEqual([
      { order_number: '2001', line_count: 500, shipped_at: null },
      { order_number: '2001/2', line_count: 500, shipped_at: null },
      { order_number: '2001/3', line_count: 1, shipped_at: null },
    ]);
  });

  test('an import that is stopped goes on where it stopped', async () => {
    const lines = Array.from({ length: 1200 }, (_, index) => `${3000 + index},A-1,1,2026-01-15,1.00`);
    const file = `order,sku,quantity,date,price\n${lines.join('\n')}\n`;
    const stopped = await load('orders', file, { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ interrupted: true, created: 256 });
    expect(await load('orders', file)).toMatchObject({ interrupted: false, created: 944, unchanged: 256 });
    expect(await eventsOf('order.placed', 'order.accepted', 'shipment.dispatched')).toBe(3600);
  });

  test('the read models of an import follow from the log', async () => {
    await load('orders', ORDERS);
    const before = await digestsOf(box.store);
    await box.runtime.rebuild();
    expect(await digestsOf(box.store)).toEqual(before);
  });
});
