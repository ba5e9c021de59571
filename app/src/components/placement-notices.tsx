import { useState } from 'preact/hooks';
import { placement, retry, stopWaiting } from '../state/placement-store.ts';
import { t } from '../texts/text.ts';
import { Dialog } from './dialog.tsx';
import { Banner } from './states.tsx';

/** What became of the click on "Place order", as long as it is not an order. */
export function PlacementNotices() {
  const now = placement.value;
  if (now.state === 'editing' && now.problem !== undefined) {
    return (
      <Banner tone="bad" role="alert" title={t.order.refusedTitle}>
        <p>{now.problem.detail}</p>
      </Banner>
    );
  }
  const again = now.state === 'sending' && now.tries > 1;
  return now.state === 'unanswered' || again ? <Unanswered /> : null;
}

function Unanswered() {
  const [asking, setAsking] = useState(false);
  const now = placement.value;
  const waiting = now.state === 'unanswered';
  const tries = 'tries' in now ? now.tries : 1;
  return (
    <Banner tone="warn" role="alert" title={t.order.unansweredTitle}>
      <p>{waiting && now.detail !== undefined ? now.detail : t.order.unanswered}</p>
      <p class="muted">{t.order.tries(tries)}</p>
      <div class="banner-actions">
        <button type="button" class="button" aria-disabled={!waiting} onClick={retry}>
          {t.order.tryNow}
        </button>
        <button type="button" class="link-button" aria-disabled={!waiting} onClick={() => setAsking(true)}>
          {t.order.editAnyway}
        </button>
      </div>
      {asking && (
        <Dialog title={t.order.editTitle} onClose={() => setAsking(false)}>
          <p>{t.order.editDetail}</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {t.order.keepWaiting}
            </button>
            <button
              type="button"
              class="button button-danger"
              onClick={() => {
                setAsking(false);
                stopWaiting();
              }}
            >
              {t.order.editAnyway}
            </button>
          </div>
        </Dialog>
      )}
    </Banner>
  );
}
