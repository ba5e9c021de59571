import { useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import { Refusal } from '../api/http.ts';
import type { Order } from '../api/types.ts';
import { CancelOrder } from '../components/cancel-order.tsx';
import { ArrowIcon } from '../components/icons.tsx';
import { OrderLines } from '../components/order-lines.tsx';
import { OrderStatusTag } from '../components/order-status.tsx';
import { Banner, Empty, Failed, Loading } from '../components/states.tsx';
import { Timeline } from '../components/timeline.tsx';
import { formatMoment } from '../format/format.ts';
import { go } from '../router.ts';
import { announce } from '../state/announce.ts';
import { edit } from '../state/draft-store.ts';
import { isLocked } from '../state/placement.ts';
import { placement } from '../state/placement-store.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { useResource } from '../state/resource.ts';
import { canCancel } from '../state/timeline.ts';
import { t } from '../texts/text.ts';

export function OrderPage({ orderId }: { orderId: string }) {
  const found = useResource(orderId, (signal) => box.order(orderId, signal));
  useReloadOn(found.reload, ({ type }) => /^(order|payment|shipment)\./.test(type));
  if (found.data !== undefined) return <Details order={found.data} onChange={found.set} />;
  if (found.error instanceof Refusal && found.error.status === 404) {
    return (
      <Empty title={t.orderPage.missing} detail={t.orderPage.missingDetail}>
        <a class="button" href="#/orders">
          {t.orders.title}
        </a>
      </Empty>
    );
  }
  if (found.error !== undefined) return <Failed error={found.error} retry={found.reload} />;
  return <Loading />;
}

function Details({ order, onChange }: { order: Order; onChange: (order: Order) => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <article class="order">
      <a class="back" href="#/orders">
        <ArrowIcon /> {t.orderPage.back}
      </a>
      <div class="page-head">
        <div>
          <h1>{order.orderNumber}</h1>
          <p class="order-facts">
            <OrderStatusTag status={order.status} />
            <span class="muted">
              {t.orderPage.placedAt} {formatMoment(order.placedAt)}
            </span>
            {order.poNumber !== undefined && (
              <span class="muted">
                {t.orderPage.po} {order.poNumber}
              </span>
            )}
          </p>
        </div>
        <div class="actions">
          <button type="button" class="button" disabled={isLocked(placement.value)} onClick={() => reorder(order)}>
            {t.orderPage.reorder}
          </button>
          {canCancel(order.status) && (
            <button type="button" class="button button-danger-quiet" onClick={() => setAsking(true)}>
              {t.orderPage.cancel}
            </button>
          )}
        </div>
      </div>
      {order.pricing.differences.length > 0 && (
        <Banner tone="info" title={t.orderPage.differences}>
          <ul class="plain">
            {order.pricing.differences.map((difference) => (
              <li key={difference}>{difference}</li>
            ))}
          </ul>
        </Banner>
      )}
      <div class="order-body">
        <OrderLines order={order} />
        <aside class="order-side">
          <section class="card side-card">
            <h2>{t.orderPage.timeline}</h2>
            <Timeline order={order} />
          </section>
          {order.note !== undefined && (
            <section class="card side-card">
              <h2>{t.orderPage.note}</h2>
              <p class="prose">{order.note}</p>
            </section>
          )}
        </aside>
      </div>
      {asking && (
        <CancelOrder
          order={order}
          onClose={() => setAsking(false)}
          onCancelled={(cancelled) => {
            setAsking(false);
            onChange(cancelled);
          }}
        />
      )}
    </article>
  );
}

function reorder(order: Order): void {
  for (const line of order.lines) edit.add(line.sku, line.quantity);
  announce(t.orderPage.reordered(order.lines.length));
  go({ name: 'quick-order' });
}
