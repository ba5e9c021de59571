import type { OrderStatus } from '../api/types.ts';
import { t } from '../texts/text.ts';

const TONES: Readonly<Record<OrderStatus, string>> = {
  captured: 'calm',
  sent: 'calm',
  accepted: 'info',
  rejected: 'bad',
  cancelled: 'muted',
  'payment-declined': 'bad',
  paid: 'good',
  shipped: 'good',
};

/** A status, always in words; the dot only helps the eye. */
export function OrderStatusTag({ status }: { status: OrderStatus }) {
  return <span class={`order-status order-status-${TONES[status]}`}>{t.orders.statuses[status]}</span>;
}
