import type { Quote } from '../api/types.ts';
import { formatMoney } from '../format/format.ts';
import { backToOrder, placement, placeOrder } from '../state/placement-store.ts';
import { priced } from '../state/quote-store.ts';
import { t } from '../texts/text.ts';
import { Dialog } from './dialog.tsx';
import { Loading } from './states.tsx';

/** Asks for consent when the box has other prices than the person saw: old and new beside each other. */
export function PriceChange() {
  const now = placement.value;
  if (now.state !== 'price-changed') return null;
  return (
    <Dialog title={t.priceChange.title} onClose={backToOrder} wide>
      <p>{t.priceChange.intro}</p>
      {now.quote === undefined ? <Loading rows={3} /> : <Comparison before={priced.value?.quote} after={now.quote} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={backToOrder}>
          {t.priceChange.decline}
        </button>
        {now.quote !== undefined && (
          <button type="button" class="button button-primary" onClick={() => accept(now.quote)}>
            {t.priceChange.accept(formatMoney(now.quote.totals.grossMinor, now.quote.currency))}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function accept(quote: Quote | undefined): void {
  if (quote !== undefined) placeOrder(quote);
}

function Comparison({ before, after }: { before: Quote | undefined; after: Quote }) {
  const money = (minor: number | undefined) => (minor === undefined ? '–' : formatMoney(minor, after.currency));
  const changed = after.lines.flatMap((line) => {
    const old = before?.lines.find((candidate) => candidate.lineNumber === line.lineNumber);
    return old === undefined || old.price.unitPriceMinor === line.price.unitPriceMinor ? [] : [{ line, old }];
  });
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{t.priceChange.line}</th>
          <th scope="col" class="number">
            {t.priceChange.before}
          </th>
          <th scope="col" class="number">
            {t.priceChange.after}
          </th>
        </tr>
      </thead>
      <tbody>
        {changed.map(({ line, old }) => (
          <tr key={line.lineNumber}>
            <th scope="row">
              <span class="sku">{line.sku}</span>
              <small class="muted">{line.name}</small>
            </th>
            <td class="number">{money(old.price.unitPriceMinor)}</td>
            <td class="number">{money(line.price.unitPriceMinor)}</td>
          </tr>
        ))}
        <tr class="row-sum">
          <th scope="row">{t.priceChange.net}</th>
          <td class="number">{money(before?.totals.netMinor)}</td>
          <td class="number">{money(after.totals.netMinor)}</td>
        </tr>
        <tr class="row-sum">
          <th scope="row">{t.priceChange.gross}</th>
          <td class="number">{money(before?.totals.grossMinor)}</td>
          <td class="number">
            <strong>{money(after.totals.grossMinor)}</strong>
          </td>
        </tr>
      </tbody>
    </table>
  );
}
