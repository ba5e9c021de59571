import { useState } from 'preact/hooks';
import type { Product } from '../api/types.ts';
import { formatMoney } from '../format/format.ts';
import { toHash } from '../router.ts';
import type { DraftLine } from '../state/draft.ts';
import { draft, edit } from '../state/draft-store.ts';
import { lineProblem } from '../state/line-problem.ts';
import { type ProductState, productOf, resolveSku } from '../state/products.ts';
import { parseQuantity, stepQuantity } from '../state/quantity.ts';
import { priced } from '../state/quote-store.ts';
import { t } from '../texts/text.ts';
import { CloseIcon } from './icons.tsx';
import { LineNotes } from './line-notes.tsx';
import { SkuField } from './sku-field.tsx';

export interface OrderLineProps {
  readonly line: DraftLine;
  readonly number: number;
  readonly last: boolean;
  readonly locked: boolean;
  /** Puts the cursor into a field of a line, counted from zero. */
  readonly focus: (index: number, field: 'sku' | 'quantity') => void;
  readonly remove: () => void;
}

const nothing: ProductState = { state: 'unknown' };

export function OrderLine(props: OrderLineProps) {
  const { line, number, locked } = props;
  const index = number - 1;
  const sku = line.sku.trim();
  // A SKU is looked up once it is complete, not at each letter.
  const [typing, setTyping] = useState(false);
  const committed = sku !== '' && !typing;
  const entry = committed ? productOf(sku).value : nothing;
  const product = entry.state === 'known' ? entry.product : undefined;
  const quoted = priced.value?.lines.get(line.id);
  const current = quoted?.sku === sku && quoted.quantity === parseQuantity(line.quantity) ? quoted : undefined;
  const problem = lineProblem({
    sku,
    quantity: line.quantity,
    product,
    unknown: committed && entry.state === 'unknown',
    violation: priced.value?.violations.get(line.id),
  });
  const notesId = `notes-${line.id}`;
  const unit = product === undefined ? '' : (t.units[product.unit] ?? product.unit);

  const commitSku = (typed: string) => {
    if (typed === '') return;
    setTyping(false);
    void adoptSpelling(line.id, typed);
    props.focus(index, 'quantity');
  };
  const leaveSku = () => {
    setTyping(false);
    if (sku !== '') void adoptSpelling(line.id, sku);
  };
  const fillQuantity = () => {
    if (sku === '' || line.quantity.trim() !== '') return;
    edit.line(line.id, { quantity: String(product?.quantityRules.minimum ?? 1) });
  };
  const onQuantityKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      fillQuantity();
      props.focus(index + 1, 'sku');
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !locked) {
      event.preventDefault();
      const rules = product?.quantityRules ?? { minimum: 1, increment: 1 };
      const next = stepQuantity(rules, parseQuantity(line.quantity), event.key === 'ArrowUp' ? 1 : -1);
      edit.line(line.id, { quantity: String(next) });
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Delete' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    props.remove();
  };

  return (
    <li
      class={problem === undefined ? 'line' : 'line line-problem'}
      aria-label={t.quick.line(number)}
      onKeyDown={onKeyDown}
    >
      <span class="line-number" aria-hidden="true">
        {number}
      </span>
      <SkuField
        id={`sku-${line.id}`}
        label={t.quick.sku(number)}
        placeholder={props.last ? t.quick.skuPlaceholder : ''}
        value={line.sku}
        invalid={problem?.field === 'sku'}
        disabled={locked}
        describedBy={notesId}
        onInput={(text) => {
          setTyping(true);
          edit.line(line.id, { sku: text });
        }}
        onCommit={commitSku}
        onLeave={leaveSku}
        onMove={(direction) => props.focus(index + direction, 'sku')}
      />
      <div class="line-product">
        <ProductName product={product} entry={entry} committed={committed} />
        <LineNotes
          line={line}
          number={number}
          product={product}
          entry={entry}
          quoted={current}
          problem={problem}
          locked={locked}
          id={notesId}
        />
      </div>
      <div class="line-quantity">
        <input
          id={`quantity-${line.id}`}
          class="input input-number"
          inputMode="numeric"
          aria-label={t.quick.quantity(number)}
          aria-invalid={problem?.field === 'quantity'}
          aria-describedby={notesId}
          autocomplete="off"
          maxLength={7}
          placeholder={product === undefined ? '' : String(product.quantityRules.minimum)}
          value={line.quantity}
          readOnly={locked}
          onInput={(event) => edit.line(line.id, { quantity: event.currentTarget.value })}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={fillQuantity}
          onKeyDown={onQuantityKey}
        />
        <span class="line-unit">{unit}</span>
      </div>
      <Amounts current={current} />
      <button
        type="button"
        class="icon-button line-remove"
        aria-label={t.quick.remove(number)}
        title={`${t.quick.remove(number)} (Ctrl+Del)`}
        disabled={locked || (props.last && sku === '' && line.quantity === '')}
        onClick={props.remove}
      >
        <CloseIcon size={14} />
      </button>
    </li>
  );
}

function ProductName(props: { product: Product | undefined; entry: ProductState; committed: boolean }) {
  if (props.product !== undefined) {
    return (
      <a class="line-name" href={toHash({ name: 'product', sku: props.product.sku })} tabIndex={-1}>
        {props.product.name}
      </a>
    );
  }
  if (!props.committed) return null;
  if (props.entry.state === 'loading') return <span class="line-name muted">{t.quick.checking}</span>;
  return props.entry.state === 'failed' ? <span class="line-name muted">{t.quick.notChecked}</span> : null;
}

function Amounts({ current }: { current: NonNullable<typeof priced.value>['quote']['lines'][number] | undefined }) {
  const currency = priced.value?.quote.currency;
  if (current === undefined || currency === undefined) {
    return (
      <>
        <span class="line-price" />
        <span class="line-total" />
      </>
    );
  }
  const { listUnitPriceMinor, unitPriceMinor } = current.price;
  return (
    <>
      <span class="line-price">
        {formatMoney(unitPriceMinor, currency)}
        {listUnitPriceMinor !== unitPriceMinor && (
          <small class="muted">{t.quick.listPrice(formatMoney(listUnitPriceMinor, currency))}</small>
        )}
      </span>
      <strong class="line-total">{formatMoney(current.netMinor, currency)}</strong>
    </>
  );
}

/** A SKU typed in small letters becomes the catalogue's own, unless it was edited meanwhile. */
async function adoptSpelling(id: string, typed: string): Promise<void> {
  const sku = await resolveSku(typed);
  const now = draft.value.lines.find((line) => line.id === id);
  if (sku !== typed && now?.sku.trim() === typed) edit.line(id, { sku });
}
