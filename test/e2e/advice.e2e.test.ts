import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Box } from './support/box.ts';
import { ensureAppIsBuilt } from './support/built-app.ts';
import { chromiumMissing, launch, openPage } from './support/chromium.ts';

interface Suggested {
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly kind: string }[];
}

describe.skipIf(chromiumMissing())('advice in the dealer app', { timeout: 60_000 }, () => {
  let box: Box;
  let browser: Browser;

  beforeAll(async () => {
    ensureAppIsBuilt();
    [box, browser] = await Promise.all([Box.start(), launch()]);
    await vi.waitUntil(async () => (await suggested()).length > 10, { timeout: 30_000, interval: 200 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await box?.remove();
  });

  const suggested = async () => (await box.get<Suggested>('/v1/recommendations?limit=100')).items;

  /** A product that sells enough to be kept in stock; which ones do depends on the day, as the demo's orders do. */
  const stockedUp = async (): Promise<string> => {
    for (const { sku } of await suggested()) {
      const path = `/v1/forecasts/${encodeURIComponent(sku)}`;
      const { replenishment } = await box.get<{ replenishment?: { orderUpTo: number } }>(path).catch(() => ({
        replenishment: undefined,
      }));
      if (replenishment !== undefined && replenishment.orderUpTo > 0) return sku;
    }
    throw new Error('No suggestion of the demo has a forecast to stock up by.');
  };

  test('a product shows its demand as a picture and as a table, and when to order', async () => {
    const sku = await stockedUp();
    const { context, page, errors } = await openPage(browser, box.url);
    await page.goto(`/#/product/${encodeURIComponent(sku)}`);
    await page.getByRole('img', { name: /^Demand by period/ }).waitFor();
    await expect
      .poll(() => page.locator('.card.forecast').innerText(), { timeout: 20_000 })
      .toMatch(/^Order when [\d.,]+ or fewer are available; fill up to [\d.,]+\./);
    await page.getByText('Figures', { exact: true }).click();
    expect(await page.locator('.forecast tbody tr').count()).toBe(6);
    expect(errors).toEqual([]);
    await context.close();
  });

  test('a suggestion goes into the order with its quantity; a dismissed one stays away', async () => {
    const [taken, dismissed] = await suggested();
    if (taken === undefined || dismissed === undefined) throw new Error('The demo has no suggestions.');
    const { context, page, errors } = await openPage(browser, box.url);
    await page.goto('/#/suggestions');
    await page.getByRole('heading', { name: 'Order again' }).waitFor();
    await page.getByRole('heading', { name: 'New for you' }).waitFor();
    await page.getByRole('button', { name: `Add ${taken.sku} to the order` }).click();
    await page.getByRole('button', { name: `Dismiss the suggestion of ${dismissed.sku}` }).click();
    await page.getByText(`${dismissed.sku} is not suggested for a while`).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Order again' }).waitFor();
    expect(await page.getByRole('button', { name: `Dismiss the suggestion of ${dismissed.sku}` }).count()).toBe(0);
    await page.goto('/#/');
    await expect.poll(() => page.getByLabel('SKU, line 1').inputValue()).toBe(taken.sku);
    expect(await page.getByLabel('Quantity, line 1').inputValue()).toBe(String(taken.quantity));
    expect(errors).toEqual([]);
    await context.close();
  });

  test('suggestions follow what happens on the box, without a reload', async () => {
    const { context, page } = await openPage(browser, box.url);
    await page.goto('/#/suggestions');
    await page.getByRole('heading', { name: 'Suggestions', exact: true }).waitFor();
    const shown = await suggested();
    const before = new Set(shown.map(({ sku }) => sku));
    // Whatever is ordered now is due again later: the next run suggests otherwise. Suggested quantities obey the rules.
    await box.post('/v1/orders', { lines: shown.slice(0, 10).map(({ sku, quantity }) => ({ sku, quantity })) });
    await box.post('/v1/pipelines/recommend-orders/run', {});
    await vi.waitUntil(async () => (await suggested()).some(({ sku }) => !before.has(sku)), { timeout: 20_000 });
    const fresh = (await suggested()).find(({ sku }) => !before.has(sku))?.sku ?? '';
    await page.getByRole('button', { name: `Dismiss the suggestion of ${fresh}`, exact: true }).waitFor();
    await context.close();
  });

  test('a slip of the typist finds the product and says what was searched for', async () => {
    const { context, page } = await openPage(browser, box.url);
    await page.goto('/#/search?q=hydrualic%20hose');
    await page.getByText('showing results for “hydraulic”').waitFor();
    await context.close();
  });
});
