import { useRef, useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import { NoAnswer } from '../api/http.ts';
import type { Movement, MovementKind } from '../api/types.ts';
import { formatCount } from '../format/format.ts';
import { announce } from '../state/announce.ts';
import { newId } from '../state/ids.ts';
import { movementOf } from '../state/movement.ts';
import { problemText } from '../state/problem-text.ts';
import { resolveSku } from '../state/products.ts';
import { t } from '../texts/text.ts';
import { SkuField } from './sku-field.tsx';

const KINDS: readonly MovementKind[] = ['receive', 'sell', 'adjust', 'return'];
const PROBLEMS = { sku: t.stock.skuMissing, quantity: t.stock.quantityMissing, correction: t.stock.correctionMissing };

/** Receive, sell, adjust, take back. A movement without an answer keeps its key, so booking it again counts once. */
export function MovementForm(props: { sku: string; onSku: (sku: string) => void; onBooked: () => void }) {
  const [kind, setKind] = useState<MovementKind>('receive');
  const [quantity, setQuantity] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const open = useRef<{ readonly key: string; readonly request: string } | undefined>(undefined);

  const book = async (movement: Movement) => {
    const request = JSON.stringify(movement);
    if (open.current?.request !== request) open.current = { key: newId(), request };
    setBusy(true);
    try {
      await box.moveStock(movement, open.current.key);
      open.current = undefined;
      announce(t.stock.booked(t.stock.kindsShort[kind], formatCount(movement.quantity), movement.sku));
      props.onSku('');
      setQuantity('');
      setReason('');
      setProblem(undefined);
      props.onBooked();
      document.getElementById('movement-sku')?.focus();
    } catch (error) {
      if (!(error instanceof NoAnswer)) open.current = undefined;
      setProblem(error instanceof NoAnswer ? t.stock.unanswered : problemText(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = async () => {
    if (busy) return;
    const movement = movementOf({ sku: await resolveSku(props.sku), kind, quantity, reason });
    if ('problem' in movement) {
      setProblem(PROBLEMS[movement.problem]);
      document.getElementById(movement.problem === 'sku' ? 'movement-sku' : 'movement-quantity')?.focus();
    } else {
      await book(movement);
    }
  };

  return (
    <form
      class="panel card movement"
      aria-label={t.stock.move}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{t.stock.move}</h2>
      <div class="field">
        <label for="movement-sku">{t.stock.sku}</label>
        <SkuField
          id="movement-sku"
          label={t.stock.sku}
          value={props.sku}
          describedBy="movement-problem"
          onInput={props.onSku}
          onCommit={() => document.getElementById('movement-quantity')?.focus()}
        />
      </div>
      <fieldset class="choices">
        <legend>{t.stock.kind}</legend>
        {KINDS.map((value) => (
          <label key={value} class="choice">
            <input
              type="radio"
              name="movement-kind"
              value={value}
              checked={kind === value}
              onChange={() => setKind(value)}
            />
            <span>{t.stock.kinds[value]}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{kind === 'adjust' ? t.stock.correction : t.stock.quantity}</span>
        <input
          id="movement-quantity"
          class="input"
          inputMode={kind === 'adjust' ? 'text' : 'numeric'}
          autocomplete="off"
          maxLength={10}
          aria-describedby="movement-problem"
          value={quantity}
          onInput={(event) => setQuantity(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>
          {t.stock.reason} <small class="muted">{t.order.optional}</small>
        </span>
        <input class="input" maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <p id="movement-problem" class="line-note line-note-problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="button button-primary" aria-disabled={busy}>
        {busy ? t.stock.booking : t.stock.book}
      </button>
    </form>
  );
}
