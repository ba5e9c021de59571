import { useState } from 'preact/hooks';
import type { ProductSummary } from '../api/types.ts';
import { formatCount } from '../format/format.ts';
import { announce } from '../state/announce.ts';
import { edit } from '../state/draft-store.ts';
import { isLocked } from '../state/placement.ts';
import { placement } from '../state/placement-store.ts';
import { nearestQuantity, parseQuantity, stepQuantity } from '../state/quantity.ts';
import { t } from '../texts/text.ts';

/** A quantity and a button; quantities that break the product's rules are raised to the next that fits. */
export function AddToOrder({ product }: { product: ProductSummary }) {
  const rules = product.quantityRules;
  const [text, setText] = useState(String(rules.minimum));
  if (product.status !== 'active') return null;
  const add = (event: Event) => {
    event.preventDefault();
    const quantity = nearestQuantity(rules, parseQuantity(text) ?? rules.minimum);
    setText(String(rules.minimum));
    edit.add(product.sku, quantity);
    announce(t.add.added(formatCount(quantity), product.sku), { label: t.add.view, href: '#/' });
  };
  const step = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    setText(String(stepQuantity(rules, parseQuantity(text), event.key === 'ArrowUp' ? 1 : -1)));
  };
  return (
    <form class="add" onSubmit={add}>
      <input
        class="input input-number"
        inputMode="numeric"
        maxLength={7}
        aria-label={t.add.quantity(product.sku)}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={step}
      />
      <button type="submit" class="button" aria-label={t.add.label(product.sku)} disabled={isLocked(placement.value)}>
        {t.add.add}
      </button>
    </form>
  );
}
