import { effect, signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable, NoAnswer, Refusal } from '../api/http.ts';
import type { PlaceOrder, Quote } from '../api/types.ts';
import { go } from '../router.ts';
import { t } from '../texts/text.ts';
import { announce } from './announce.ts';
import { type Attempt, requestedLines } from './draft.ts';
import { adopt, draft, draftSaved, edit, readStored, setAttempt, startDraft } from './draft-store.ts';
import { newId } from './ids.ts';
import { editing, nextPlacement, type Placement, type PlacementEvent, retryDelayMs } from './placement.ts';
import { priced, reprice } from './quote-store.ts';

/** Runs the machine of placement.ts against the box. */
export const placement = signal<Placement>(editing);

function apply(event: PlacementEvent): Placement {
  placement.value = nextPlacement(placement.value, event);
  return placement.value;
}

/** The click: makes the key, stores it with the draft, then sends. */
export function placeOrder(quote: Quote | undefined = priced.value?.quote): void {
  const state = placement.value.state;
  if (state !== 'editing' && state !== 'price-changed') return;
  const stored = draftSaved.value ? readStored() : draft.value;
  if (stored === undefined || stored.draftId !== draft.value.draftId || stored.attempt !== undefined) {
    // Another window was faster: show what it left instead of ordering a second time.
    if (stored !== undefined) adopt(stored);
    else edit.clear();
    announce(t.order.otherTab);
    resumeAttempt();
    return;
  }
  const attempt: Attempt = { key: newId(), body: orderBody(quote), madeAt: new Date().toISOString() };
  setAttempt(attempt);
  apply({ kind: 'place', attempt });
  void send(attempt);
}

function orderBody(quote: Quote | undefined): PlaceOrder {
  const { poNumber, note } = draft.value;
  const lines = requestedLines(draft.value).map(({ sku, quantity }) => ({ sku, quantity }));
  return {
    lines,
    ...(poNumber.trim() === '' ? {} : { poNumber: poNumber.trim() }),
    ...(note.trim() === '' ? {} : { note: note.trim() }),
    ...(quote === undefined ? {} : { priceSeen: seen(quote) }),
  };
}

function seen(quote: Quote): NonNullable<PlaceOrder['priceSeen']> {
  return {
    netMinor: quote.totals.netMinor,
    currency: quote.currency,
    seenAt: quote.quotedAt,
    lines: quote.lines.map(({ sku, price }) => ({
      sku,
      unitPriceMinor: price.unitPriceMinor,
      priceVersion: price.priceVersion,
    })),
  };
}

async function send(attempt: Attempt): Promise<void> {
  try {
    const order = await box.placeOrder(attempt.body, attempt.key);
    apply({ kind: 'answered', order });
    edit.clear();
    go({ name: 'placed', orderId: order.orderId });
  } catch (error) {
    await failed(error);
  }
}

async function failed(error: unknown): Promise<void> {
  if (!(error instanceof Refusal) || error.status >= 500) {
    apply({ kind: 'no-answer', ...(error instanceof Refusal ? { detail: error.problem.detail } : {}) });
    if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    return;
  }
  setAttempt(undefined);
  if (error.code !== 'price-changed') {
    apply({ kind: 'refused', problem: error.problem });
    void reprice();
    return;
  }
  apply({ kind: 'price-changed', problem: error.problem });
  try {
    const lines = requestedLines(draft.value).map(({ sku, quantity }) => ({ sku, quantity }));
    apply({ kind: 'requoted', quote: await box.quote(lines) });
  } catch {
    apply({ kind: 'edit' });
  }
}

/** Sends the same attempt again, with the same key. */
export function retry(): void {
  const next = apply({ kind: 'retry' });
  if (next.state === 'sending') void send(next.attempt);
}

/** Gives up on the answer, at the person's own risk. */
export function stopWaiting(): void {
  if (apply({ kind: 'edit' }).state === 'editing') setAttempt(undefined);
}

export function backToOrder(): void {
  apply({ kind: 'edit' });
  void reprice();
}

export function startNewOrder(): void {
  apply({ kind: 'new-order' });
}

function resumeAttempt(): void {
  const { attempt } = draft.value;
  if (attempt !== undefined) apply({ kind: 'resume', attempt });
}

/** Goes on with an attempt that an earlier visit left open, and retries while there is no answer. */
export function startPlacement(): void {
  resumeAttempt();
  startDraft((next) => {
    if (next.attempt === undefined && placement.peek().state === 'unanswered') apply({ kind: 'edit' });
    else resumeAttempt();
  });
  effect(() => {
    const now = placement.value;
    if (now.state !== 'unanswered') return;
    const timer = setTimeout(retry, retryDelayMs(now.tries));
    return () => clearTimeout(timer);
  });
  boxReachable.subscribe((reachable) => {
    if (reachable === true) queueMicrotask(retry);
  });
}
