import type { Order } from '../api/types.ts';
import { formatCount, formatMoney, formatRate } from '../format/format.ts';
import { toHash } from '../router.ts';
import { t } from '../texts/text.ts';

/** The lines of a placed order with its totals. */
export function OrderLines({ order }: { order: Order }) {
  const money = (minor: number) => formatMoney(minor, order.currency);
  const { columns } = t.quick;
  const { totals } = order;
  const sums: Array<readonly [string, number, string]> = [
    ...(totals.discountMinor === 0 ? [] : [[t.order.discount, -totals.discountMinor, 'saving'] as const]),
    [t.order.net, totals.netMinor, ''],
    [t.order.tax(formatRate(totals.taxRateBasisPoints)), totals.taxMinor, ''],
    [t.order.gross, totals.grossMinor, 'total'],
  ];
  return (
    <section class="card table-card" aria-label={t.orderPage.lines}>
      <table class="table table-cards table-cards-3">
        <thead>
          <tr>
            <th scope="col">{columns.product}</th>
            <th scope="col" class="number">
              {columns.quantity}
            </th>
            <th scope="col" class="number">
              {columns.price}
            </th>
            <th scope="col" class="number">
              {columns.total}
            </th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <tr key={line.lineNumber}>
              <th scope="row">
                <a href={toHash({ name: 'product', sku: line.sku })}>{line.name}</a>
                <small class="muted sku">{line.sku}</small>
                {line.backordered > 0 && (
                  <small class="warn">
                    {t.orderPage.backordered(formatCount(line.backordered), formatCount(line.quantity))}
                  </small>
                )}
              </th>
              <td data-label={columns.quantity} class="number">
                {formatCount(line.quantity)} {t.units[line.unit] ?? line.unit}
              </td>
              <td data-label={columns.price} class="number">
                {money(line.price.unitPriceMinor)}
              </td>
              <td data-label={columns.total} class="number">
                {money(line.netMinor)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="order-sums">
        {sums.map(([name, minor, kind]) => (
          <div key={name} class={kind}>
            <dt>{name}</dt>
            <dd>{money(minor)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
