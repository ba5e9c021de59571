import { box } from '../api/box.ts';
import type { OrderStatus, OrderSummary, Page } from '../api/types.ts';
import { FilterTabs } from '../components/filter-tabs.tsx';
import { FilterText } from '../components/filter-text.tsx';
import { ListIcon } from '../components/icons.tsx';
import { OrderStatusTag } from '../components/order-status.tsx';
import { Empty, Failed, Loading } from '../components/states.tsx';
import { formatCount, formatMoment, formatMoney } from '../format/format.ts';
import { replace, toHash } from '../router.ts';
import { usePages } from '../state/pages.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { t } from '../texts/text.ts';

const PAGE = 25;
const STATUSES: readonly OrderStatus[] = ['captured', 'sent', 'accepted', 'paid', 'shipped', 'rejected', 'cancelled'];

export function Orders({ q, status }: { q: string; status: string }) {
  const pages = usePages<OrderSummary, Page<OrderSummary>>(`${status}\n${q}`, (cursor, signal) =>
    box.orders({ status, q, limit: PAGE, cursor }, signal),
  );
  const { data } = pages;
  useReloadOn(pages.reload, ({ type }) => /^(order|payment|shipment)\./.test(type));
  const filtered = q !== '' || status !== '';
  return (
    <>
      <div class="page-head">
        <h1>{t.orders.title}</h1>
        <FilterText
          label={t.orders.search}
          value={q}
          onChange={(text) => replace({ name: 'orders', q: text, status })}
        />
      </div>
      <FilterTabs
        label={t.orders.status}
        options={[['', t.orders.all], ...STATUSES.map((value) => [value, t.orders.statuses[value]] as const)]}
        value={status}
        onChange={(value) => replace({ name: 'orders', q, status: value })}
      />
      {data === undefined && pages.loading && <Loading rows={8} />}
      {pages.error !== undefined && <Failed error={pages.error} retry={pages.reload} />}
      {data?.items.length === 0 && (
        <Empty
          icon={<ListIcon size={22} />}
          title={t.orders.none}
          detail={filtered ? t.orders.noneFiltered : t.orders.noneYet}
        >
          {filtered ? (
            <button type="button" class="button" onClick={() => replace({ name: 'orders', q: '', status: '' })}>
              {t.orders.clear}
            </button>
          ) : (
            <a class="button" href="#/">
              {t.nav.quickOrder}
            </a>
          )}
        </Empty>
      )}
      {data !== undefined && data.items.length > 0 && <OrderTable orders={data.items} stale={pages.loading} />}
      {pages.more !== undefined && (
        <button type="button" class="button more" disabled={pages.loadingMore} onClick={pages.more}>
          {t.orders.more}
        </button>
      )}
    </>
  );
}

function OrderTable({ orders, stale }: { orders: readonly OrderSummary[]; stale: boolean }) {
  const { columns } = t.orders;
  return (
    <div class={stale ? 'card table-card stale' : 'card table-card'}>
      <table class="table table-cards">
        <thead>
          <tr>
            <th scope="col">{columns.number}</th>
            <th scope="col">{columns.placed}</th>
            <th scope="col">{columns.po}</th>
            <th scope="col" class="number">
              {columns.lines}
            </th>
            <th scope="col">{columns.status}</th>
            <th scope="col" class="number">
              {columns.total}
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.orderId}>
              <th scope="row">
                <a class="row-link" href={toHash({ name: 'order', orderId: order.orderId })}>
                  {order.orderNumber}
                </a>
              </th>
              <td data-label={columns.placed}>{formatMoment(order.placedAt)}</td>
              <td data-label={columns.po}>{order.poNumber ?? <span class="muted">–</span>}</td>
              <td data-label={columns.lines} class="number">
                {formatCount(order.lineCount)}
              </td>
              <td data-label={columns.status}>
                <OrderStatusTag status={order.status} />
                {order.backordered && <small class="muted">{t.orders.backordered}</small>}
              </td>
              <td data-label={columns.total} class="number">
                {formatMoney(order.grossMinor, order.currency)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
