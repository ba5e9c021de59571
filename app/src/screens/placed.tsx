import { useEffect, useRef } from 'preact/hooks';
import { box } from '../api/box.ts';
import type { Order } from '../api/types.ts';
import { CheckIcon } from '../components/icons.tsx';
import { Failed, Loading } from '../components/states.tsx';
import { formatMoment, formatMoney } from '../format/format.ts';
import { toHash } from '../router.ts';
import { placement } from '../state/placement-store.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';

/** The order is safe: its number, large, and where it is stored by now. */
export function Placed({ orderId }: { orderId: string }) {
  const now = placement.value;
  const answered = now.state === 'placed' && now.order.orderId === orderId ? now.order : undefined;
  const stored = useResource(orderId, (signal) => box.order(orderId, signal));
  const order = stored.data ?? answered;
  if (order !== undefined) return <Safe order={order} />;
  if (stored.error !== undefined) return <Failed error={stored.error} retry={stored.reload} />;
  return <Loading />;
}

function Safe({ order }: { order: Order }) {
  const next = useRef<HTMLAnchorElement>(null);
  useEffect(() => next.current?.focus(), []);
  const here = order.safe === 'on-this-box';
  const backordered = order.lines.filter((line) => line.backordered > 0).length;
  return (
    <section class="placed card" aria-labelledby="placed-title">
      <div class="placed-mark">
        <CheckIcon size={28} />
      </div>
      <h1 id="placed-title">{here ? t.placed.onBox : t.placed.atCentre}</h1>
      <p class="muted">{here ? t.placed.onBoxDetail : t.placed.atCentreDetail}</p>
      <p class="placed-number">
        <span class="muted">{t.placed.number}</span>
        <strong>{order.orderNumber}</strong>
      </p>
      <p class="placed-facts">
        {t.placed.lines(order.lines.length)} · {formatMoney(order.totals.grossMinor, order.currency)} ·{' '}
        {formatMoment(order.placedAt)}
        {order.poNumber !== undefined && ` · ${order.poNumber}`}
      </p>
      {backordered > 0 && <p class="line-note line-note-warn">{t.placed.backordered(backordered)}</p>}
      <div class="placed-actions">
        <a class="button button-primary" href="#/" ref={next}>
          {t.placed.next}
        </a>
        <a class="button" href={toHash({ name: 'order', orderId: order.orderId })}>
          {t.placed.open}
        </a>
      </div>
    </section>
  );
}
