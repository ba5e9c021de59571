import { useState } from 'preact/hooks';
import { formatMoney, formatRate, formatTime } from '../format/format.ts';
import { hasContent, requestedLines } from '../state/draft.ts';
import { draft, draftSaved, edit, lineCount } from '../state/draft-store.ts';
import { isLocked } from '../state/placement.ts';
import { placement } from '../state/placement-store.ts';
import { isPriced, priced, pricesMoved, pricing, reprice } from '../state/quote-store.ts';
import { refusedLines, tryToPlace } from '../state/try-to-place.ts';
import { t } from '../texts/text.ts';
import { Dialog } from './dialog.tsx';
import { CheckIcon, WarnIcon } from './icons.tsx';

/** Beside the lines: totals with the time of the prices, PO number, note and the button. */
export function OrderPanel() {
  const state = placement.value;
  const locked = isLocked(state);
  const toFix = refusedLines();
  return (
    <aside class="panel card" aria-label={t.order.summary}>
      <Totals />
      <div class="panel-fields">
        <label class="field">
          <span>
            {t.order.poNumber} <small class="muted">{t.order.optional}</small>
          </span>
          <input
            class="input"
            maxLength={60}
            autocomplete="off"
            value={draft.value.poNumber}
            readOnly={locked}
            onInput={(event) => edit.poNumber(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>
            {t.order.note} <small class="muted">{t.order.optional}</small>
          </span>
          <textarea
            class="input"
            rows={2}
            maxLength={1000}
            value={draft.value.note}
            readOnly={locked}
            onInput={(event) => edit.note(event.currentTarget.value)}
          />
        </label>
      </div>
      <div class="panel-actions">
        {toFix > 0 && !locked && (
          <p class="line-note line-note-problem">
            <WarnIcon size={14} />
            {t.order.fix(toFix)}
          </p>
        )}
        <PlaceButton kind="button-large panel-place" />
        <DraftState locked={locked} />
      </div>
    </aside>
  );
}

/** On small screens the total and the button stay in sight at the bottom. */
export function PlaceBar() {
  const now = priced.value;
  return (
    <div class="place-bar">
      <span>
        <span class="sr-only">{t.order.gross}</span>
        <strong>{now === undefined ? '–' : formatMoney(now.quote.totals.grossMinor, now.quote.currency)}</strong>
      </span>
      <PlaceButton kind="" />
    </div>
  );
}

function PlaceButton({ kind }: { kind: string }) {
  const sending = placement.value.state === 'sending';
  return (
    <button
      type="button"
      class={`button button-primary ${kind}`}
      aria-disabled={sending || lineCount.value === 0}
      aria-keyshortcuts="Control+Enter"
      onClick={tryToPlace}
    >
      {sending ? t.order.placing : t.order.place}
      <span class="key" aria-hidden="true">
        Ctrl ⏎
      </span>
    </button>
  );
}

function Totals() {
  const now = priced.value;
  if (now === undefined || requestedLines(draft.value).length === 0) {
    return (
      <div class="totals">
        <p class="muted totals-empty">{t.order.noTotals}</p>
      </div>
    );
  }
  const { totals, currency, quotedAt } = now.quote;
  const money = (minor: number) => formatMoney(minor, currency);
  return (
    <div class="totals">
      <dl>
        {totals.discountMinor !== 0 && (
          <>
            <dt>{t.order.listValue}</dt>
            <dd>{money(totals.netMinor + totals.discountMinor)}</dd>
            <dt>{t.order.discount}</dt>
            <dd class="saving">{money(-totals.discountMinor)}</dd>
          </>
        )}
        <dt>{t.order.net}</dt>
        <dd>{money(totals.netMinor)}</dd>
        <dt>{t.order.tax(formatRate(totals.taxRateBasisPoints))}</dt>
        <dd>{money(totals.taxMinor)}</dd>
        <dt class="total">{t.order.gross}</dt>
        <dd class="total" aria-live="polite">
          {money(totals.grossMinor)}
        </dd>
      </dl>
      <p class="price-time" role="status">
        {pricing.value || !isPriced.value ? t.order.repricing : t.order.priceTime(formatTime(quotedAt))}
      </p>
      {pricesMoved.value && (
        <p class="price-moved" role="status">
          <span>{t.order.stale}</span>
          <button type="button" class="chip" onClick={() => void reprice()}>
            {t.order.refresh}
          </button>
        </p>
      )}
    </div>
  );
}

function DraftState({ locked }: { locked: boolean }) {
  const [asking, setAsking] = useState(false);
  if (!hasContent(draft.value)) return null;
  if (!draftSaved.value) {
    return (
      <p class="line-note line-note-problem" role="alert">
        <WarnIcon size={14} />
        {t.order.notSaved}
      </p>
    );
  }
  const discard = () => {
    setAsking(false);
    edit.clear();
    requestAnimationFrame(() => document.getElementById(`sku-${draft.value.lines[0]?.id}`)?.focus());
  };
  return (
    <div class="draft-state">
      <span class="muted">
        <CheckIcon size={14} /> {t.order.saved}
      </span>
      {!locked && (
        <button type="button" class="link-button" onClick={() => setAsking(true)}>
          {t.order.clear}
        </button>
      )}
      {asking && (
        <Dialog title={t.order.clearTitle} onClose={() => setAsking(false)}>
          <p>{t.order.clearDetail(lineCount.value)}</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {t.order.keep}
            </button>
            <button type="button" class="button button-danger" onClick={discard}>
              {t.order.discard}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
