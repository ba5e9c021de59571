import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Box } from './support/box.ts';
import { ensureAppIsBuilt } from './support/built-app.ts';
import { chromiumMissing, launch, openPage } from './support/chromium.ts';

const SKU = 'FIL-0319-A';

describe.skipIf(chromiumMissing())('stock in the dealer app', { timeout: 60_000 }, () => {
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

  const onHand = async () => (await box.get<{ stock: { onHand: number } }>(`/v1/products/${SKU}`)).stock.onHand;

  test('goods received, a count corrected, and what cannot be', async () => {
    const { context, page, errors } = await openPage(browser, box.url);
    const before = await onHand();
    await page.goto(`/#/stock?q=${SKU}`);
    await page.getByRole('button', { name: `Book a movement of ${SKU}` }).click();
    const form = page.getByRole('form', { name: 'Book a movement' });
    await page.keyboard.press('Enter');
    await form.getByRole('alert').filter({ hasText: 'Enter a whole number above zero.' }).waitFor();
    await form.getByLabel('Quantity', { exact: true }).fill('5');
    await page.keyboard.press('Enter');
    await page.getByText(`Receive: 5 × ${SKU}`).waitFor();
    expect(await onHand()).toBe(before + 5);
    await page.locator('tbody tr', { hasText: 'just now' }).waitFor();

    await form.getByLabel('SKU', { exact: true }).fill(SKU);
    await form.getByLabel('Count corrected').check();
    await form.getByLabel('Correction, with + or −').fill('-2');
    await form.getByLabel('Reason').fill('Damaged');
    await form.getByRole('button', { name: 'Book' }).click();
    await page.getByText(`Adjust: -2 × ${SKU}`).waitFor();
    expect(await onHand()).toBe(before + 3);

    await form.getByLabel('SKU', { exact: true }).fill(SKU);
    await form.getByLabel('Sold over the counter').check();
    await form.getByLabel('Quantity', { exact: true }).fill('99999');
    await form.getByRole('button', { name: 'Book' }).click();
    await form.getByRole('alert').filter({ hasText: SKU }).waitFor();
    expect(await onHand()).toBe(before + 3);

    await form.getByLabel('SKU', { exact: true }).fill('NO-SUCH-SKU');
    await form.getByRole('button', { name: 'Book' }).click();
    await form.getByRole('alert').filter({ hasText: 'There is no product NO-SUCH-SKU here' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  test('a change made elsewhere appears by itself', async () => {
    const { context, page } = await openPage(browser, box.url);
    await page.goto(`/#/stock?q=${SKU}`);
    const row = page.locator('tbody tr', { hasText: SKU });
    await row.waitFor();
    await page.waitForTimeout(300);
    const now = await onHand();
    await box.post('/v1/inventory/movements', { sku: SKU, kind: 'receive', quantity: 100 });
    await row
      .locator('td', { hasText: new RegExp(`^${now + 100}$`) })
      .first()
      .waitFor();
    await context.close();
  });
});
