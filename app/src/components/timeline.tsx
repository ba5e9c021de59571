import type { Order } from '../api/types.ts';
import { formatMoment } from '../format/format.ts';
import { timelineOf } from '../state/timeline.ts';
import { t } from '../texts/text.ts';

const BAD: ReadonlySet<string> = new Set(['rejected', 'cancelled', 'payment-declined']);

export function Timeline({ order }: { order: Order }) {
  return (
    <ol class="timeline">
      {timelineOf(order).map(({ step, at, detail }) => (
        <li
          key={`${step} ${at ?? ''}`}
          class={`step ${at === undefined ? 'step-todo' : 'step-done'} ${BAD.has(step) ? 'step-bad' : ''}`}
        >
          <strong>{t.orderPage.steps[step]}</strong>
          {at === undefined ? (
            <span class="muted">{t.orderPage.todo}</span>
          ) : (
            <time dateTime={at}>{formatMoment(at)}</time>
          )}
          {detail !== undefined && <p class="muted">{detail}</p>}
        </li>
      ))}
    </ol>
  );
}
