import { computed, effect, signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable, NoAnswer } from '../api/http.ts';
import type { Quote, QuoteLine, Violation } from '../api/types.ts';
import { type PricedRequest, requestedLines } from './draft.ts';
import { draft } from './draft-store.ts';
import { onNotice } from './notifications.ts';

/** The prices of the draft, asked from the box a moment after each change. */

export interface PricedDraft {
  readonly quote: Quote;
  /** What was priced, to know whether the draft has moved on since. */
  readonly request: string;
  readonly lines: ReadonlyMap<string, QuoteLine>;
  readonly violations: ReadonlyMap<string, Violation>;
}

export const priced = signal<PricedDraft | undefined>(undefined);
export const pricing = signal(false);
/** A price moved since the quote; the person decides when to take it over. */
export const pricesMoved = signal(false);

const wanted = computed(() => requestedLines(draft.value));
const wantedText = computed(() => requestText(wanted.value));

/** Whether the prices shown are those of the draft as it stands. */
export const isPriced = computed(() => priced.value?.request === wantedText.value);

const PAUSE_MS = 80;
let inFlight: AbortController | undefined;

function requestText(lines: readonly PricedRequest[]): string {
  return JSON.stringify(lines.map((line) => [line.lineId, line.sku, line.quantity]));
}

export function byLine(quote: Quote, request: readonly PricedRequest[]): PricedDraft {
  const lines = new Map<string, QuoteLine>();
  const violations = new Map<string, Violation>();
  for (const line of quote.lines) {
    const id = request[line.lineNumber - 1]?.lineId;
    if (id !== undefined) lines.set(id, line);
  }
  for (const violation of quote.violations) {
    const index = /^\/lines\/(\d+)(?:\/|$)/.exec(violation.pointer)?.[1];
    const id = index === undefined ? undefined : request[Number(index)]?.lineId;
    if (id !== undefined) violations.set(id, violation);
  }
  return { quote, request: requestText(request), lines, violations };
}

export async function reprice(): Promise<void> {
  inFlight?.abort();
  const request = wanted.peek();
  if (request.length === 0) {
    priced.value = undefined;
    pricing.value = false;
    return;
  }
  const controller = new AbortController();
  inFlight = controller;
  pricing.value = true;
  try {
    const quote = await box.quote(
      request.map(({ sku, quantity }) => ({ sku, quantity })),
      controller.signal,
    );
    if (controller.signal.aborted) return;
    priced.value = byLine(quote, request);
    pricesMoved.value = false;
    pricing.value = false;
  } catch (error) {
    if (controller.signal.aborted) return;
    pricing.value = false;
    if (!(error instanceof NoAnswer)) priced.value = undefined;
  }
}

export function startQuotes(): void {
  effect(() => {
    wantedText.value;
    const timer = setTimeout(() => void reprice(), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  boxReachable.subscribe((reachable) => {
    if (reachable === true && !isPriced.peek() && wanted.peek().length > 0) void reprice();
  });
  onNotice((notice) => {
    const sku = (notice.data as { sku?: string } | null)?.sku;
    const concerned = wanted.peek().some((line) => line.sku === sku);
    if (notice.type === 'price.changed' && concerned) pricesMoved.value = true;
    if (notice.type === 'promotion.activated' && wanted.peek().length > 0) pricesMoved.value = true;
    if (notice.type === 'inventory.changed' && concerned && !pricesMoved.peek()) void reprice();
  });
}
