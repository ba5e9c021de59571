import type { Product, QuoteLine } from '../api/types.ts';
import { formatCount } from '../format/format.ts';
import { go } from '../router.ts';
import type { DraftLine } from '../state/draft.ts';
import { edit } from '../state/draft-store.ts';
import type { LineFix, LineProblem } from '../state/line-problem.ts';
import type { ProductState } from '../state/products.ts';
import { parseQuantity } from '../state/quantity.ts';
import { tierHint } from '../state/tier-hint.ts';
import { t } from '../texts/text.ts';
import { WarnIcon } from './icons.tsx';
import { StockText } from './stock-text.tsx';

interface LineNotesProps {
  readonly id: string;
  readonly line: DraftLine;
  readonly number: number;
  readonly product: Product | undefined;
  readonly entry: ProductState;
  readonly quoted: QuoteLine | undefined;
  readonly problem: LineProblem | undefined;
  readonly locked: boolean;
}

/** What a person has to know about a line: its problem with the fix, else its stock and the next price tier. */
export function LineNotes(props: LineNotesProps) {
  const { problem, product, quoted } = props;
  return (
    <div class="line-notes" id={props.id}>
      {problem !== undefined && (
        <span class="line-note line-note-problem" role="alert">
          <WarnIcon size={14} />
          {problem.text}
        </span>
      )}
      {problem?.fix !== undefined && !props.locked && <Fix line={props.line} fix={problem.fix} />}
      {problem === undefined && product !== undefined && quoted !== undefined && quoted.backordered > 0 && (
        <span class="line-note line-note-warn">
          <WarnIcon size={14} />
          {t.stockLevel.backordered(formatCount(quoted.backordered), formatCount(quoted.quantity))}
        </span>
      )}
      {problem === undefined && product !== undefined && props.entry.state === 'known' && (
        <StockText stock={product.stock} receivedAtMs={props.entry.receivedAtMs} />
      )}
      {problem === undefined && !props.locked && <Tier {...props} />}
    </div>
  );
}

function Fix({ line, fix }: { line: DraftLine; fix: LineFix }) {
  if (fix.kind === 'search') {
    return (
      <button type="button" class="chip" onClick={() => go({ name: 'search', q: fix.words, category: '' })}>
        {t.quick.find(fix.words)}
      </button>
    );
  }
  if (fix.kind === 'successor') {
    return (
      <button
        type="button"
        class="chip"
        onClick={() => {
          edit.line(line.id, { sku: fix.sku });
          document.getElementById(`quantity-${line.id}`)?.focus();
        }}
      >
        {t.quick.replace(fix.sku)}
      </button>
    );
  }
  const up = fix.quantity > (parseQuantity(line.quantity) ?? 0);
  return (
    <button
      type="button"
      class="chip"
      onClick={() => {
        edit.line(line.id, { quantity: String(fix.quantity) });
        document.getElementById(`quantity-${line.id}`)?.focus();
      }}
    >
      {t.quick.use(formatCount(fix.quantity))}{' '}
      <span class="key" aria-hidden="true">
        {up ? '↑' : '↓'}
      </span>
    </button>
  );
}

function Tier({ line, number, product }: LineNotesProps) {
  const quantity = parseQuantity(line.quantity);
  if (product === undefined || product.price === null || quantity === undefined) return null;
  const hint = tierHint(product.price, product.quantityRules, quantity);
  if (hint === undefined) return null;
  const add = formatCount(hint.add);
  return (
    <button
      type="button"
      class="chip chip-hint"
      tabIndex={-1}
      onClick={() => edit.line(line.id, { quantity: String(hint.quantity) })}
    >
      {t.quick.tierHint(add, hint.savePercent)}
      <span class="sr-only">{t.quick.onLine(number)}</span>
    </button>
  );
}
