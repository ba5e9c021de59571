import { t } from '../texts/text.ts';
import { announce } from './announce.ts';
import { requestedLines, unfinishedLines } from './draft.ts';
import { draft } from './draft-store.ts';
import { placement, placeOrder, retry } from './placement-store.ts';
import { isPriced, priced, pricing, reprice } from './quote-store.ts';

/** How many lines the box would refuse. */
export function refusedLines(): number {
  return isPriced.value ? (priced.value?.violations.size ?? 0) : 0;
}

/** How many lines keep the order from being placed: those, and the ones still being typed. */
function linesToFix(): number {
  return refusedLines() + unfinishedLines(draft.value).length;
}

/** What the button and Ctrl+Enter do: place the order, or take the person to what keeps it from being placed. */
export function tryToPlace(): void {
  if (placement.value.state === 'unanswered') {
    retry();
    return;
  }
  if (placement.value.state !== 'editing') return;
  if (requestedLines(draft.value).length === 0 && unfinishedLines(draft.value).length === 0) {
    announce(t.order.empty);
    document.getElementById(`sku-${draft.value.lines.at(-1)?.id}`)?.focus();
    return;
  }
  if (linesToFix() > 0) {
    focusFirstProblem();
    return;
  }
  // Entered faster than priced: wait for the price, so that what is sent is what was shown.
  if (!isPriced.value) {
    void reprice().then(() => {
      if (linesToFix() > 0) focusFirstProblem();
      else if (isPriced.value) placeOrder();
      else if (!pricing.value) placeOrder(undefined);
    });
    return;
  }
  placeOrder();
}

function focusFirstProblem(): void {
  announce(t.order.fix(linesToFix()));
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>('.lines [aria-invalid="true"]');
    if (field !== null) field.focus();
    else document.getElementById(`quantity-${unfinishedLines(draft.value)[0]?.id}`)?.focus();
  });
}
