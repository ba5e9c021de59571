import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Box } from './support/box.ts';
import { ensureAppIsBuilt } from './support/built-app.ts';
import { chromiumMissing, launch, openPage } from './support/chromium.ts';
import {
  badge,
  openQuickOrder,
  placedNumber,
  quantityField,
  skuField,
  typeLines,
  untilPriced,
} from './support/quick-order.ts';

describe.skipIf(chromiumMissing())('the dealer app when links break', { timeout: 90_000 }, () => {
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

  const ordersWith = async (po: string) =>
    (await box.get<{ items: Array<{ orderNumber: string }> }>(`/v1/orders?q=${po}`)).items;

  /** The keys of every order request that left the page. */
  function keysSent(page: Page): string[] {
    const keys: string[] = [];
    page.on('request', (request) => {
      const key = request.headers()['idempotency-key'];
      if (request.method() === 'POST' && request.url().endsWith('/v1/orders') && key !== undefined) keys.push(key);
    });
    return keys;
  }

  async function fill(page: Page, po: string): Promise<void> {
    await openQuickOrder(page);
    await typeLines(page, [
      ['FIL-0310-A', 2],
      ['HYD-0340-20', 1],
    ]);
    await page.getByLabel('PO number').fill(po);
    await untilPriced(page);
  }

  test('the link to the centre and the link to the box are told apart', async () => {
    const { context, page } = await openPage(browser, box.url);
    await page.goto('/#/');
    await badge(page)
      .filter({ hasText: /^Offline/ })
      .waitFor();
    await box.post('/v1/sync/pause', {});
    await badge(page)
      .filter({ hasText: /^Paused/ })
      .waitFor();
    await box.post('/v1/sync/resume', {});
    await badge(page)
      .filter({ hasText: /^Offline/ })
      .waitFor();
    await badge(page).click();
    await page.getByText('This device to the box').waitFor();
    await page.getByText('The box to the centre').waitFor();
    await context.close();
  });

  test('the box stops before the click: the order waits, and is placed once when the box is back', async () => {
    const { context, page } = await openPage(browser, box.url);
    const keys = keysSent(page);
    await fill(page, 'PO-STOPPED');
    await box.kill();
    await badge(page).filter({ hasText: 'Box not reachable · trying again' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('The box has not answered yet').waitFor();
    expect(await skuField(page, 1).inputValue()).toBe('FIL-0310-A');
    expect(await skuField(page, 1).getAttribute('readonly')).not.toBeNull();

    // The app may even be closed: the attempt with its key is stored with the draft.
    await box.start();
    await page.reload();
    const number = await placedNumber(page);
    expect((await ordersWith('PO-STOPPED')).map((order) => order.orderNumber)).toEqual([number]);
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
    await context.close();
  });

  test('the answer is lost after the box has saved the order: the same key, the same order', async () => {
    const { context, page } = await openPage(browser, box.url);
    const keys = keysSent(page);
    await fill(page, 'PO-LOST');
    let lost = 0;
    await page.route('**/v1/orders', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      await box.kill();
      await route.abort('connectionreset');
    });
    await page.keyboard.press('Control+Enter');
    await page.getByText('The box has not answered yet').waitFor();
    await badge(page).filter({ hasText: 'Box not reachable' }).waitFor();
    await box.start();
    const number = await placedNumber(page);
    expect((await ordersWith('PO-LOST')).map((order) => order.orderNumber)).toEqual([number]);
    expect(new Set(keys).size).toBe(1);
    await context.close();
  });

  test('whoever stops waiting, edits and places again is told that the order is saved already', async () => {
    const { context, page } = await openPage(browser, box.url);
    await fill(page, 'PO-EDITED');
    await page.route('**/v1/orders', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Stop and edit' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and edit' }).click();
    // Until the app has stopped, a try that is under way still has to fail: let through, it would place the order.
    await expect.poll(() => quantityField(page, 1).isEditable(), { timeout: 10_000 }).toBe(true);
    await page.unrouteAll({ behavior: 'wait' });
    await quantityField(page, 1).fill('7');
    await untilPriced(page);
    await page.keyboard.press('Control+Enter');
    await page.getByText('The box has saved this order already').waitFor();
    expect(await ordersWith('PO-EDITED')).toHaveLength(1);
    expect(await quantityField(page, 1).inputValue()).toBe('7');
    await context.close();
  });

  test('two windows with the same draft place it once', async () => {
    const { context, page } = await openPage(browser, box.url);
    await fill(page, 'PO-TWO');
    const second = await context.newPage();
    await second.goto('/#/');
    await untilPriced(second);
    await Promise.all([page.keyboard.press('Control+Enter'), second.keyboard.press('Control+Enter')]);
    // The slower one gets the same order, a conflict with what the other one left or with what it still sees of it, or
    // the draft goes before its click: each says so.
    const settled = (window: Page) =>
      window
        .locator('.placed-number, .banner-bad, .toast')
        .filter({ hasText: /Order number|another window|saved this order already/ })
        .first()
        .waitFor();
    await Promise.all([settled(page), settled(second)]);
    expect(await ordersWith('PO-TWO')).toHaveLength(1);
    await context.close();
  });
});
