import { effect, signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable, NoAnswer, Refusal } from '../api/http.ts';
import type { PlaceOrder, Problem, Quote } from '../api/types.ts';
import { go } from '../router.ts';
import { t } from '../texts/text.ts';
import { announce } from './announce.ts';
import { type Attempt, requestedLines } from './draft.ts';
import { adopt, draft, draftSaved, edit, readStored, setAttempt, startDraft, startOver } from './draft-store.ts';
import { editing, nextPlacement, type Placement, type PlacementEvent, retryDelayMs } from './placement.ts';
import { priced, reprice } from './quote-store.ts';

/** Runs the machine of placement.ts against the box. */
export const placement = signal<Placement>(editing);

function apply(event: PlacementEvent): Placement {
  placement.value = nextPlacement(placement.value, event);
  return placement.value;
}

/**
 * The click: binds the draft to an attempt, stores that, then sends. The key is the draft's own id, so two windows that
 * hold the same draft, or someone who stopped waiting and clicks again, cannot place it twice: the box answers with the
 * same order, or with a conflict.
 */
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
  const attempt: Attempt = { key: draft.value.draftId, body: orderBody(quote), madeAt: new Date().toISOString() };
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
    const next = apply({ kind: 'no-answer', ...(error instanceof Refusal ? { detail: error.problem.detail } : {}) });
    if (next.state === 'editing') setAttempt(undefined);
    if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    return;
  }
  if (error.code === 'idempotency-conflict') {
    alreadyPlaced(error.problem);
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

/** The box has this draft already, with other content: from another window, or from before it was edited. */
function alreadyPlaced(problem: Problem): void {
  const stored = readStored();
  if (draftSaved.value && stored?.draftId !== draft.value.draftId) {
    if (stored === undefined) edit.clear();
    else adopt(stored);
    apply({ kind: 'refused', problem: { ...problem, detail: t.order.otherTab } });
    return;
  }
  // What is here now is kept as a draft of its own: placing it again is a second order, knowingly.
  startOver();
  apply({ kind: 'refused', problem: { ...problem, detail: t.order.alreadyPlaced } });
}

/** Sends the same attempt again, with the same key. */
export function retry(): void {
  const next = apply({ kind: 'retry' });
  if (next.state === 'sending') void send(next.attempt);
}

/** Gives up on the answer and frees the draft; a try under way is awaited first. */
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
  startDraft((next, replaced) => {
    if (replaced) announce(t.order.otherTab);
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
