import type { Page } from 'playwright-core';

/** Types lines as a person does: SKU, Enter, quantity, Enter. The cursor has to be in an empty SKU field. */
export async function typeLines(
  page: Page,
  lines: ReadonlyArray<readonly [sku: string, quantity: number]>,
): Promise<void> {
  for (const [sku, quantity] of lines) {
    await page.keyboard.type(sku);
    await page.keyboard.press('Enter');
    await page.keyboard.type(String(quantity));
    await page.keyboard.press('Enter');
  }
}

/** Opens quick order and waits until its grid has the cursor. */
export async function openQuickOrder(page: Page): Promise<void> {
  await page.goto('/#/');
  await page.locator('.lines input:focus').waitFor();
}

/** Waits until the total is that of the lines as they stand. */
export async function untilPriced(page: Page): Promise<void> {
  await page.locator('.price-time', { hasText: 'Prices of' }).waitFor();
}

/** The field of a line, counted from 1. */
export const skuField = (page: Page, line: number) =>
  page.getByRole('combobox', { name: `SKU, line ${line}`, exact: true });
export const quantityField = (page: Page, line: number) =>
  page.getByRole('textbox', { name: `Quantity, line ${line}`, exact: true });

/** The number of the order on the success screen. */
export async function placedNumber(page: Page): Promise<string> {
  await page.getByRole('heading', { name: 'Saved on this box' }).waitFor();
  return (await page.locator('.placed-number strong').textContent()) ?? '';
}

export const badge = (page: Page) => page.locator('.status-badge');
