import { useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import type { Order } from '../api/types.ts';
import { announce } from '../state/announce.ts';
import { problemText } from '../state/problem-text.ts';
import { t } from '../texts/text.ts';
import { Dialog } from './dialog.tsx';

/** Asks for a reason and cancels; the dialog stays open with the problem when it fails. */
export function CancelOrder(props: { order: Order; onClose: () => void; onCancelled: (order: Order) => void }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const cancel = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (reason.trim() === '') {
      setProblem(t.orderPage.reasonMissing);
      return;
    }
    setBusy(true);
    try {
      const order = await box.cancelOrder(props.order.orderId, reason.trim());
      announce(t.orderPage.cancelled);
      props.onCancelled(order);
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t.orderPage.cancelTitle(props.order.orderNumber)} onClose={props.onClose}>
      <p>{t.orderPage.cancelDetail}</p>
      <form onSubmit={(event) => void cancel(event)}>
        <label class="field">
          <span>{t.orderPage.reason}</span>
          <textarea
            class="input"
            rows={2}
            maxLength={500}
            required
            aria-invalid={problem !== undefined}
            aria-describedby="cancel-problem"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <p id="cancel-problem" class="line-note line-note-problem" role="alert">
          {problem}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            {t.orderPage.cancelNo}
          </button>
          <button type="submit" class="button button-danger" aria-disabled={busy}>
            {t.orderPage.cancelYes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
