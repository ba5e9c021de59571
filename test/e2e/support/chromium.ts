import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The installed browser: Debian's, or the one that CHROMIUM names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** On a laptop without Chromium these tests are skipped and say why; where CI=true a missing browser fails them. */
export function chromiumMissing(): boolean {
  if (existsSync(CHROMIUM)) return false;
  const reason = `no Chromium at ${CHROMIUM}; install it (apt-get install chromium) or name one with CHROMIUM`;
  if (process.env.CI === 'true') throw new Error(`The browser tests cannot run: ${reason}.`);
  process.stderr.write(`SKIPPED browser tests: ${reason}.\n`);
  return true;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none',
    ],
  });
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
}

export const desktop: Look = { width: 1280, height: 800 };
export const phone: Look = { width: 390, height: 844 };

export interface OpenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors that the page logged or threw. */
  readonly errors: string[];
}

/** A fresh profile with one page; `close` the context after use. */
export async function openPage(browser: Browser, url: string, look: Look = desktop): Promise<OpenPage> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // The browser itself logs every failed request; those are what some tests are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  page.setDefaultTimeout(10_000);
  return { context, page, errors };
}

/** What axe finds on the screen as it stands, of serious or critical weight; empty when all is well. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

/** Whether the page is wider than the window, which makes people scroll sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
