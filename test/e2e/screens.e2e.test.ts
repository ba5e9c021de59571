import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Box } from './support/box.ts';
import { ensureAppIsBuilt, initialScriptBytes } from './support/built-app.ts';
import {
  chromiumMissing,
  desktop,
  type Look,
  launch,
  openPage,
  phone,
  scrollsSideways,
  seriousFindings,
} from './support/chromium.ts';
import { openQuickOrder, placedNumber, typeLines, untilPriced } from './support/quick-order.ts';

/** Pictures go to docs/images with SCREENSHOTS=1, else to a folder that git ignores. */
const IMAGES = resolve(
  import.meta.dirname,
  '../..',
  process.env.SCREENSHOTS === '1' ? 'docs/images' : 'test-results/images',
);

const LINES = [
  ['HYD-0340-20', 4],
  ['FIL-0310-A', 6],
  ['LUB-1040-005', 3],
  ['BLT-4PK-1835', 1],
  ['HFT-GS-10L', 10],
] as const;

describe.skipIf(chromiumMissing())('every screen of the dealer app', { timeout: 90_000 }, () => {
  let box: Box;
  let browser: Browser;

  beforeAll(async () => {
    ensureAppIsBuilt();
    mkdirSync(IMAGES, { recursive: true });
    [box, browser] = await Promise.all([Box.start(), launch()]);
    // The first forecasts and suggestions are there some seconds after the start.
    await vi.waitUntil(async () => (await box.get<{ items: unknown[] }>('/v1/recommendations')).items.length > 0, {
      timeout: 30_000,
      interval: 200,
    });
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await box?.remove();
  });

  /** Looks at a screen: nothing serious for axe, nothing to scroll sideways, no errors; takes its picture. */
  async function look(name: string, how: Look, go: (page: Page) => Promise<void>): Promise<void> {
    const { context, page, errors } = await openPage(browser, box.url, how);
    await go(page);
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    expect.soft(await seriousFindings(page), name).toEqual([]);
    expect.soft(await scrollsSideways(page), `${name} scrolls sideways`).toBe(false);
    await page.setViewportSize({ width: 320, height: 640 });
    expect.soft(await scrollsSideways(page), `${name} scrolls sideways at 320 px`).toBe(false);
    expect.soft(errors, name).toEqual([]);
    await context.close();
  }

  const filled = async (page: Page) => {
    await openQuickOrder(page);
    await typeLines(page, LINES);
    await page.getByLabel('PO number').fill('PO-2318');
    await untilPriced(page);
    await page
      .locator('.line-name')
      .nth(LINES.length - 1)
      .waitFor();
  };
  const open = (address: string) => async (page: Page) => {
    await page.goto(`/${address}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  const firstOrder = async (status: string): Promise<string> => {
    const { items } = await box.get<{ items: Array<{ orderId: string }> }>(`/v1/orders?limit=1&status=${status}`);
    return items[0]?.orderId ?? '';
  };

  test('the page loads at most 60 KB of script', () => {
    expect(initialScriptBytes()).toBeLessThanOrEqual(60 * 1024);
  });

  test.each([
    ['quick-order', desktop],
    ['quick-order-dark', { ...desktop, colorScheme: 'dark' }],
    ['quick-order-phone', phone],
    ['quick-order-phone-dark', { ...phone, colorScheme: 'dark' }],
  ] as const)('%s', async (name, how) => {
    await look(name, how, filled);
  });

  test('quick order, empty', async () => {
    await look('quick-order-empty', desktop, openQuickOrder);
  });

  test('quick order with suggestions', async () => {
    await look('quick-order-suggestions', desktop, async (page) => {
      await openQuickOrder(page);
      await typeLines(page, LINES.slice(0, 2));
      await page.keyboard.type('hydraulic hose');
      await page.getByRole('listbox').waitFor();
      await page.keyboard.press('ArrowDown');
    });
  });

  test('quick order with problems', async () => {
    await look('quick-order-problems', desktop, async (page) => {
      await openQuickOrder(page);
      await typeLines(page, [
        ['HYD-9999-99', 2],
        ['HFT-GS-10L', 12],
        ['BLT-1269', 1],
        ['HYD-0340-20', 9],
      ]);
      await page.getByText('No product HYD-9999-99 here').waitFor();
      await page.getByRole('button', { name: 'Use BLT-1270 instead' }).waitFor();
      await untilPriced(page);
    });
  });

  test.each([
    ['search', '#/search?q=hydraulic%20hose', desktop],
    ['search-phone', '#/search?q=hydraulic%20hose', phone],
    ['search-nothing', '#/search?q=zzzqqq', desktop],
    ['product', '#/product/HYD-0340-20', desktop],
    ['product-phone', '#/product/HYD-0340-20', phone],
    ['product-missing', '#/product/HYD-9999-99', desktop],
    ['product-forecast', '#/product/FST-4017-M12X025', desktop],
    ['product-forecast-dark', '#/product/FST-4017-M12X025', { ...desktop, colorScheme: 'dark' }],
    ['product-superseded', '#/product/BLT-1269', desktop],
    ['orders', '#/orders', desktop],
    ['orders-phone', '#/orders', phone],
    ['orders-dark', '#/orders', { ...desktop, colorScheme: 'dark' }],
    ['orders-nothing', '#/orders?q=zzzqqq', desktop],
    ['order-missing', '#/orders/none', desktop],
    ['stock', '#/stock', desktop],
    ['stock-low', '#/stock?state=low', desktop],
    ['stock-phone', '#/stock', phone],
    ['suggestions', '#/suggestions', desktop],
    ['models', '#/models', desktop],
    ['models-phone', '#/models', phone],
    ['suggestions-phone', '#/suggestions', phone],
    ['not-found', '#/nowhere', desktop],
  ] as const)('%s', async (name, address, how) => {
    await look(name, how, async (page) => {
      await page.goto(`/${address}`);
      await page.locator('main :is(h1, h2)').first().waitFor();
    });
  });

  test('an order of the past with its timeline', async () => {
    const shipped = await firstOrder('shipped');
    await look('order', desktop, open(`#/orders/${shipped}`));
    await look('order-phone', phone, open(`#/orders/${shipped}`));
  });

  test('an order just placed', async () => {
    await look('order-saved', desktop, async (page) => {
      await filled(page);
      await page.keyboard.press('Control+Enter');
      await placedNumber(page);
    });
    await look('order-new', desktop, open(`#/orders/${await firstOrder('captured')}`));
  });

  test('dialogs, and an order without an answer', async () => {
    await look('order-unanswered', desktop, async (page) => {
      await filled(page);
      await page.route('**/v1/orders', (route) => route.abort());
      await page.keyboard.press('Control+Enter');
      await page.getByText('The box has not answered yet').waitFor();
    });
    await look('order-cancel', desktop, async (page) => {
      await open(`#/orders/${await firstOrder('captured')}`)(page);
      await page.getByRole('button', { name: 'Cancel order' }).click();
      await page.getByRole('dialog').waitFor();
    });
    await look('price-changed', desktop, async (page) => {
      await filled(page);
      // The box refuses, and has dearer hoses by then.
      await page.route('**/v1/orders', (route) =>
        route.fulfill({
          status: 422,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'urn:dealeriq:problem:price-changed', title: '', status: 422, detail: '' }),
        }),
      );
      await page.route('**/v1/quotes', async (route) => {
        const response = await route.fetch();
        const quote = (await response.json()) as {
          lines: Array<{ price: { unitPriceMinor: number } }>;
          totals: { netMinor: number; grossMinor: number };
        };
        if (quote.lines[0] !== undefined) quote.lines[0].price.unitPriceMinor += 500;
        quote.totals.netMinor += 2_000;
        quote.totals.grossMinor += 2_380;
        await route.fulfill({ response, json: quote });
      });
      await page.keyboard.press('Control+Enter');
      await page.getByRole('button', { name: /^Place order at/ }).waitFor();
    });
    await look('connection', desktop, async (page) => {
      await open('#/orders')(page);
      await page.getByRole('button', { name: /^Offline/ }).click();
      await page.getByText('This device to the box').waitFor();
    });
  });

  test('the box cannot be reached', async () => {
    await look('box-not-reachable', desktop, async (page) => {
      await page.goto('/#/');
      await page.route('**/v1/**', (route) => route.abort());
      await page.goto('/#/orders');
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await page.getByRole('button', { name: 'Box not reachable' }).waitFor();
    });
  });
});
