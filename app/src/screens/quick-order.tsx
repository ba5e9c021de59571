import { useEffect, useRef } from 'preact/hooks';
import { OrderLine } from '../components/order-line.tsx';
import { OrderPanel, PlaceBar } from '../components/order-panel.tsx';
import { PlacementNotices } from '../components/placement-notices.tsx';
import { PriceChange } from '../components/price-change.tsx';
import { announce } from '../state/announce.ts';
import { draft, edit } from '../state/draft-store.ts';
import { isLocked } from '../state/placement.ts';
import { placement, startNewOrder } from '../state/placement-store.ts';
import { tryToPlace } from '../state/try-to-place.ts';
import { t } from '../texts/text.ts';

/** Puts the cursor into a field, after the change that may have made it has been drawn. */
function focusField(lineId: string | undefined, field: 'sku' | 'quantity'): void {
  if (lineId === undefined) return;
  const input = document.getElementById(`${field}-${lineId}`);
  if (input instanceof HTMLInputElement) {
    input.focus();
    input.scrollIntoView({ block: 'nearest' });
  } else {
    requestAnimationFrame(() => document.getElementById(`${field}-${lineId}`)?.focus());
  }
}

export function QuickOrder() {
  const { lines } = draft.value;
  const locked = isLocked(placement.value);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    startNewOrder();
    focusField(draft.peek().lines.at(-1)?.id, 'sku');
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      tryToPlace();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const focus = (index: number, field: 'sku' | 'quantity') =>
    focusField(draft.value.lines[Math.max(0, Math.min(index, draft.value.lines.length - 1))]?.id, field);
  const remove = (id: string, index: number) => {
    if (locked) return;
    edit.remove(id);
    announce(t.quick.removed(index + 1));
    focus(index, 'sku');
  };

  return (
    <div class="quick-order">
      <div class="quick-order-main">
        <div class="page-head">
          <h1>{t.quick.title}</h1>
          <Keys />
        </div>
        <PlacementNotices />
        <div class="card lines-card">
          <div class="line line-head" aria-hidden="true">
            <span class="line-number">#</span>
            <span>{t.quick.columns.sku}</span>
            <span>{t.quick.columns.product}</span>
            <span class="line-quantity">{t.quick.columns.quantity}</span>
            <span class="line-price">{t.quick.columns.price}</span>
            <span class="line-total">{t.quick.columns.total}</span>
            <span />
          </div>
          <ol class="lines" ref={list} aria-label={t.quick.lines}>
            {lines.map((line, index) => (
              <OrderLine
                key={line.id}
                line={line}
                number={index + 1}
                last={index === lines.length - 1}
                locked={locked}
                focus={focus}
                remove={() => remove(line.id, index)}
              />
            ))}
          </ol>
        </div>
        {lines.length === 1 && <p class="muted intro">{t.quick.intro}</p>}
      </div>
      <OrderPanel />
      <PlaceBar />
      <PriceChange />
    </div>
  );
}

function Keys() {
  return (
    <ul class="keys" aria-label={t.quick.keysLabel}>
      {t.quick.keys.map(([key, meaning]) => (
        <li key={key}>
          <kbd>{key}</kbd> {meaning}
        </li>
      ))}
    </ul>
  );
}
