import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Box } from './support/box.ts';
import { ensureAppIsBuilt } from './support/built-app.ts';
import { chromiumMissing, launch, openPage } from './support/chromium.ts';
import {
  openQuickOrder,
  placedNumber,
  quantityField,
  skuField,
  typeLines,
  untilPriced,
} from './support/quick-order.ts';

interface Orders {
  readonly items: ReadonlyArray<{ orderId: string; orderNumber: string; poNumber: string | null; lineCount: number }>;
}

describe.skipIf(chromiumMissing())('ordering in the dealer app', { timeout: 60_000 }, () => {
  let box: Box;
  let browser: Browser;

  beforeAll(async () => {
    ensureAppIsBuilt();
    [box, browser] = await Promise.all([Box.start(), launch()]);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await box?.remove();
  });

  async function inBrowser(run: (page: Page) => Promise<void>): Promise<void> {
    const { context, page, errors } = await openPage(browser, box.url);
    try {
      await run(page);
      expect(errors).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const ordersWith = (po: string) => box.get<Orders>(`/v1/orders?q=${po}`);

  test('an order is placed with the keyboard alone', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      // Faster than any answer of the box: the cursor is always where the next key belongs.
      await typeLines(page, [
        ['HYD-0340-20', 4],
        ['fil-0310-a', 6],
        ['BLT-4PK-1835', 2],
      ]);
      expect(await skuField(page, 4).evaluate((field) => field.matches(':focus'))).toBe(true);
      await untilPriced(page);
      expect(await skuField(page, 2).inputValue()).toBe('FIL-0310-A');
      await page.keyboard.press('Control+Enter');
      const number = await placedNumber(page);
      await page.getByRole('button', { name: 'Offline · 1 order safe on this box' }).waitFor();

      const { items } = await box.get<Orders>(`/v1/orders?q=${number}`);
      expect(items).toMatchObject([{ orderNumber: number, lineCount: 3 }]);
      // The cursor is on "New order": Enter begins the next one.
      await page.keyboard.press('Enter');
      await page.locator('.lines input:focus').waitFor();
      expect(await page.locator('.lines .line').count()).toBe(1);
    }));

  test('a double click and a held Ctrl+Enter are one order', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [['FIL-0310-A', 1]]);
      await page.getByLabel('PO number').fill('PO-DOUBLE');
      await untilPriced(page);
      await page.getByRole('button', { name: 'Place order' }).dblclick();
      await page.keyboard.press('Control+Enter');
      await placedNumber(page);
      expect((await ordersWith('PO-DOUBLE')).items).toHaveLength(1);
    }));

  test('the draft survives a reload and another screen', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [['HYD-0340-20', 4]]);
      await page.keyboard.type('BLT-4PK');
      await page.getByLabel('Note for the centre').fill('Deliver to the yard');
      await page.reload();
      await page.locator('.lines input:focus').waitFor();
      expect(await skuField(page, 1).inputValue()).toBe('HYD-0340-20');
      expect(await quantityField(page, 1).inputValue()).toBe('4');
      expect(await skuField(page, 2).inputValue()).toBe('BLT-4PK');
      expect(await page.getByLabel('Note for the centre').inputValue()).toBe('Deliver to the yard');
    }));

  test('an unknown SKU says so and leads to the search', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [['hydraulic hose', 1]]);
      await page.getByText('No product hydraulic hose here').waitFor();
      await page.keyboard.press('Control+Enter');
      await page.getByText('1 line needs your attention').first().waitFor();
      expect(await skuField(page, 1).evaluate((field) => field.matches(':focus'))).toBe(true);
      await page.getByRole('button', { name: 'Search for “hydraulic hose”' }).click();
      await page.getByRole('heading', { name: 'Results for “hydraulic hose”' }).waitFor();
      await page.getByRole('status').filter({ hasText: 'keyword search' }).waitFor();
    }));

  test('a quantity between two steps is put right with one key', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [['HFT-GS-10L', 12]]);
      await page.getByText('Sold in steps of 5').waitFor();
      await quantityField(page, 1).focus();
      await page.keyboard.press('ArrowUp');
      expect(await quantityField(page, 1).inputValue()).toBe('15');
      await page.getByText('Sold in steps of 5').waitFor({ state: 'detached' });
      await quantityField(page, 1).fill('3');
      await page.getByRole('button', { name: 'Use 5' }).click();
      expect(await quantityField(page, 1).inputValue()).toBe('5');
    }));

  test('a superseded product offers its successor, a tier what it saves, and a line can be removed', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [
        ['BLT-1269', 1],
        ['BLT-4PK-1835', 1],
      ]);
      await page.getByRole('button', { name: 'Use BLT-1270 instead' }).click();
      await page.getByRole('button', { name: /^add 1, save 5 %/ }).click();
      expect(await skuField(page, 1).inputValue()).toBe('BLT-1270');
      expect(await quantityField(page, 2).inputValue()).toBe('2');
      await skuField(page, 1).focus();
      await page.keyboard.press('Control+Delete');
      expect(await skuField(page, 1).inputValue()).toBe('BLT-4PK-1835');
      expect(await skuField(page, 1).evaluate((field) => field.matches(':focus'))).toBe(true);
    }));

  test('suggestions are chosen with arrow and Enter', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await page.keyboard.type('ribbed belt 4pk');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await skuField(page, 1).inputValue()).toMatch(/^BLT-4PK-/);
      expect(await quantityField(page, 1).evaluate((field) => field.matches(':focus'))).toBe(true);
      // Enter on an empty quantity takes the smallest that can be ordered.
      await page.locator('.line-name').first().waitFor();
      await page.keyboard.press('Enter');
      expect(await quantityField(page, 1).inputValue()).toBe('1');
    }));

  test('from "/" through search and product page into the order', () =>
    inBrowser(async (page) => {
      await page.goto('/#/orders');
      await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('HYD-0340');
      await page.keyboard.press('Enter');
      await page.getByLabel('Category').selectOption('Hydraulics / Hoses / Four-wire spiral');
      await page.getByLabel('Quantity of HYD-0340-20').fill('3');
      await page.keyboard.press('Enter');
      await page.getByText('3 × HYD-0340-20 added to the order').waitFor();
      await page.getByRole('link', { name: /^Hydraulic hose 4SP DN 20, 340 mm/ }).click();
      await page.getByRole('heading', { name: 'Price history' }).waitFor();
      await page.getByRole('button', { name: 'Add HYD-0340-20 to the order' }).click();
      await page.getByRole('link', { name: 'View order' }).click();
      expect(await quantityField(page, 1).inputValue()).toBe('4');
    }));

  test('an order is followed, cancelled with a reason, and ordered again', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [
        ['FIL-0310-A', 2],
        ['LUB-1040-005', 1],
      ]);
      await page.getByLabel('PO number').fill('PO-CANCEL');
      await untilPriced(page);
      await page.keyboard.press('Control+Enter');
      await placedNumber(page);
      await page.getByRole('link', { name: 'View order' }).click();
      await page.getByRole('heading', { name: 'Timeline' }).waitFor();
      expect(await page.locator('.step-done').count()).toBe(1);
      expect(await page.locator('.step-todo strong').allTextContents()).toEqual([
        'Sent to the centre',
        'Accepted by the centre',
        'Paid',
        'Shipped',
      ]);
      await page.getByRole('button', { name: 'Cancel order' }).click();
      await page.getByRole('button', { name: 'Cancel the order' }).click();
      await page.getByLabel('Reason').fill('Customer found it elsewhere');
      await page.getByRole('button', { name: 'Cancel the order' }).click();
      await page.locator('.step-bad', { hasText: 'Customer found it elsewhere' }).waitFor();
      expect(await page.getByRole('button', { name: 'Cancel order' }).count()).toBe(0);

      await page.getByRole('button', { name: 'Reorder' }).click();
      await page.locator('.lines').waitFor();
      expect(await skuField(page, 1).inputValue()).toBe('FIL-0310-A');
      await page.goto('/#/orders');
      await page.getByRole('searchbox', { name: 'Order or PO number' }).fill('PO-CANCEL');
      await page.locator('tbody tr', { hasText: 'Cancelled' }).waitFor();
    }));

  test('a price that rose meanwhile needs consent before anything is placed', () =>
    inBrowser(async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [['LUB-1040-020', 1]]);
      await page.getByLabel('PO number').fill('PO-PRICE');
      await untilPriced(page);
      await raisePrice('LUB-1040-020');
      await page.getByText('A price in this order has changed since.').waitFor();
      await page.keyboard.press('Control+Enter');
      const dialog = page.getByRole('dialog', { name: 'Prices have changed' });
      const accept = dialog.getByRole('button', { name: /^Place order at/ });
      await accept.waitFor();
      expect((await ordersWith('PO-PRICE')).items).toHaveLength(0);
      expect(await dialog.locator('tbody tr').first().textContent()).toMatch(/LUB-1040-020.*125,50.*188,25/);
      await accept.click();
      await placedNumber(page);
      expect((await ordersWith('PO-PRICE')).items).toHaveLength(1);
    }));

  /** Half as much again, in force since a minute ago. */
  async function raisePrice(sku: string): Promise<void> {
    const { price, priceHistory, unit } = await box.get<{
      unit: string;
      price: { priceListId: string; currency: string; listUnitPriceMinor: number; tiers: unknown[] };
      priceHistory: Array<{ version: number }>;
    }>(`/v1/products/${sku}`);
    const time = new Date().toISOString();
    const id = crypto.randomUUID();
    await box.post(
      '/v1/events',
      {
        specversion: '1.0',
        id,
        source: 'urn:dealeriq:centre:pricing-service',
        type: 'price.changed',
        subject: sku,
        time,
        datacontenttype: 'application/json',
        dataschema: 'urn:dealeriq:schema:price.changed:1',
        dealerid: 'D042',
        correlationid: id,
        data: {
          sku,
          priceListId: price.priceListId,
          currency: price.currency,
          unit,
          listUnitPriceMinor: price.listUnitPriceMinor * 1.5,
          tiers: [],
          effectiveFrom: new Date(Date.now() - 60_000).toISOString(),
          version: Math.max(...priceHistory.map(({ version }) => version)) + 1,
        },
      },
      'application/cloudevents+json',
    );
  }
});
