import type { Order, OrderStatus, TimelineStep } from '../api/types.ts';

/** A step that has happened has a time; one to come has none. */
export interface ShownStep {
  readonly step: OrderStatus;
  readonly at?: string;
  readonly detail?: string;
}

const USUAL: readonly OrderStatus[] = ['captured', 'sent', 'accepted', 'paid', 'shipped'];
const FINAL: ReadonlySet<OrderStatus> = new Set(['rejected', 'cancelled', 'shipped']);

/** What has happened, in time order, then what is still to come on the usual way. */
export function timelineOf(order: Pick<Order, 'status' | 'timeline'>): ShownStep[] {
  const done: ShownStep[] = [...order.timeline]
    .sort((left, right) => Date.parse(left.at) - Date.parse(right.at))
    .map(({ step, at, detail }: TimelineStep) => ({ step, at, ...(detail === undefined ? {} : { detail }) }));
  if (FINAL.has(order.status)) return done;
  const reached = Math.max(...done.map(({ step }) => USUAL.indexOf(step)));
  return [...done, ...USUAL.slice(reached + 1).map((step) => ({ step }))];
}

export function canCancel(status: OrderStatus): boolean {
  return status !== 'cancelled' && status !== 'rejected' && status !== 'shipped';
}
