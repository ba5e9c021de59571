import type { StockLevels } from '../api/types.ts';
import { formatAge, formatCount } from '../format/format.ts';
import { now } from '../state/clock.ts';
import { t } from '../texts/text.ts';

/** Stock with the age of the figure, always together: "8 in stock · 3 min ago". */
export function StockText({ stock, receivedAtMs }: { stock: StockLevels | null | undefined; receivedAtMs: number }) {
  if (stock === null || stock === undefined) return <span class="stock stock-unknown">{t.stockLevel.unknown}</span>;
  const age = formatAge(stock.ageMs + Math.max(0, now.value - receivedAtMs));
  const some = stock.available > 0;
  return (
    <span class={some ? 'stock stock-some' : 'stock stock-none'}>
      {some ? t.stockLevel.inStock(formatCount(stock.available)) : t.stockLevel.none}
      <span class="stock-age"> · {age}</span>
    </span>
  );
}
