import type { InventoryItem } from '../api/types.ts';
import { formatAge, formatCount } from '../format/format.ts';
import { toHash } from '../router.ts';
import { now } from '../state/clock.ts';
import { t } from '../texts/text.ts';

interface StockTableProps {
  readonly items: readonly InventoryItem[];
  readonly atMs: number;
  readonly stale: boolean;
  readonly choose: (sku: string) => void;
}

export function StockTable({ items, atMs, stale, choose }: StockTableProps) {
  const { columns } = t.stock;
  const elapsed = Math.max(0, now.value - atMs);
  return (
    <div class={stale ? 'card table-card stale' : 'card table-card'}>
      <table class="table table-cards table-cards-3">
        <thead>
          <tr>
            <th scope="col">{columns.product}</th>
            <th scope="col" class="number">
              {columns.onHand}
            </th>
            <th scope="col" class="number">
              {columns.reserved}
            </th>
            <th scope="col" class="number">
              {columns.available}
            </th>
            <th scope="col" class="number">
              {columns.backordered}
            </th>
            <th scope="col">{columns.age}</th>
            <th scope="col">
              <span class="sr-only">{t.stock.move}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.sku}>
              <th scope="row">
                <a href={toHash({ name: 'product', sku: item.sku })}>{item.name}</a>
                <small class="muted sku">{item.sku}</small>
              </th>
              <td data-label={columns.onHand} class="number">
                {formatCount(item.onHand)}
              </td>
              <td data-label={columns.reserved} class="number">
                <Zero count={item.reserved} />
              </td>
              <td data-label={columns.available} class="number">
                <strong class={item.available > 0 ? '' : 'bad'}>{formatCount(item.available)}</strong>
              </td>
              <td data-label={columns.backordered} class="number">
                {item.backordered > 0 ? <span class="warn">{formatCount(item.backordered)}</span> : <Zero count={0} />}
              </td>
              <td data-label={columns.age} class="muted nowrap">
                {formatAge(item.ageMs + elapsed)}
              </td>
              <td class="row-action">
                <button
                  type="button"
                  class="button button-small"
                  aria-label={t.stock.choose(item.sku)}
                  onClick={() => choose(item.sku)}
                >
                  {t.stock.book}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Zero({ count }: { count: number }) {
  return <span class={count === 0 ? 'muted' : ''}>{formatCount(count)}</span>;
}
