import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestsOf as allDigestsOf } from '../../../test/support/edge-box.ts';
import { type ImportBox, openImportBox, PRODUCTS } from '../../../test/support/import-box.ts';

let box: ImportBox;
beforeEach(async () => {
  box = await openImportBox();
});
afterEach(() => box.dispose());

/** A run of an import counts as a run, whatever it changes. */
const digestsOf = async (store: Parameters<typeof allDigestsOf>[0]) => ({
  ...(await allDigestsOf(store)),
  pipeline_runs: undefined,
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
  beforeEach(() => box.load('products', PRODUCTS));

  test('the rows of one number are one order, wherever they stand; the rest is explained', async () => {
    const result = await box.load('orders', ORDERS);
    expect(result).toMatchObject({ rows: 7, created: 2, rowsImported: 3, rowsRejected: 4, events: 6 });
    expect(result.rejected.map(({ row, code }) => [row, code]).sort()).toEqual([
      [5, 'return'],
      [6, 'unknown-sku'],
      [7, 'price-not-positive'],
      [8, 'in-the-future'],
    ]);
    const [first] = await box.json(
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
    expect(await box.eventsOf('inventory.changed')).toBe(0);
  });

  test('imported again they change nothing; another content is refused', async () => {
    await box.load('orders', ORDERS);
    const before = await digestsOf(box.store);
    expect(await box.load('orders', ORDERS)).toMatchObject({ created: 0, unchanged: 2, events: 0 });
    const changed = await box.load('orders', ORDERS.replace('100,2026', '99,2026'));
    expect(changed).toMatchObject({ unchanged: 1, events: 0 });
    expect(changed.reasons).toContainEqual({ code: 'order-changed', column: 'InvoiceNo', rows: 1 });
    expect(await digestsOf(box.store)).toEqual(before);
  });

  test('an order with more lines than one may have comes in parts', async () => {
    const lines = Array.from({ length: 1001 }, (_, index) => `2001,A-1,${index + 1},2026-01-15,1.00`);
    const result = await box.load('orders', `order,sku,quantity,date,price\n${lines.join('\n')}\n`, { shipped: false });
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
    const stopped = await box.load('orders', file, { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ interrupted: true, created: 256 });
    expect(await box.load('orders', file)).toMatchObject({ interrupted: false, created: 944, unchanged: 256 });
    expect(await box.eventsOf('order.placed', 'order.accepted', 'shipment.dispatched')).toBe(3600);
  });

  test('the read models of an import follow from the log', async () => {
    await box.load('orders', ORDERS);
    const before = await digestsOf(box.store);
    await box.runtime.rebuild();
    expect(await digestsOf(box.store)).toEqual(before);
  });
});
