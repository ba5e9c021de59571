import { useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import type { Suggestion } from '../api/types.ts';
import { Empty, Failed, Loading } from '../components/states.tsx';
import { formatCount, formatMoment } from '../format/format.ts';
import { toHash } from '../router.ts';
import { announce } from '../state/announce.ts';
import { edit } from '../state/draft-store.ts';
import { isLocked } from '../state/placement.ts';
import { placement } from '../state/placement-store.ts';
import { problemText } from '../state/problem-text.ts';
import { parseQuantity } from '../state/quantity.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';

/** What to order again and what is new, each with its reason; taken into the order or dismissed. */
export function Suggestions() {
  const found = useResource('suggestions', (signal) => box.suggestions(signal));
  useReloadOn(found.reload, ({ type }) => type === 'recommender.output');
  const { data } = found;
  if (data === undefined) {
    return found.error === undefined ? <Loading /> : <Failed error={found.error} retry={found.reload} />;
  }
  if (data.items.length === 0) return <Empty title={t.suggestions.none} detail={t.suggestions.noneDetail} />;
  const drop = (sku: string) => found.set({ ...data, items: data.items.filter((item) => item.sku !== sku) });
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t.suggestions.title}</h1>
          {data.generatedAt !== undefined && (
            <p class="muted">
              {t.suggestions.made(formatMoment(data.generatedAt), data.items[0]?.modelVersion ?? '')} ·{' '}
              <a href={toHash({ name: 'models' })}>{t.models.title}</a>
            </p>
          )}
        </div>
      </div>
      {(['reorder', 'discovery'] as const).map((kind) => (
        <Kind key={kind} kind={kind} items={data.items.filter((item) => item.kind === kind)} drop={drop} />
      ))}
    </>
  );
}

interface KindProps {
  readonly kind: Suggestion['kind'];
  readonly items: readonly Suggestion[];
  readonly drop: (sku: string) => void;
}

function Kind({ kind, items, drop }: KindProps) {
  if (items.length === 0) return null;
  const title = kind === 'reorder' ? t.suggestions.reorder : t.suggestions.discovery;
  const addAll = () => {
    for (const { sku, quantity } of items) edit.add(sku, quantity);
    announce(t.suggestions.addedAll(items.length), { label: t.add.view, href: '#/' });
  };
  return (
    <section class="advice" aria-label={title}>
      <div class="advice-head">
        <h2>{title}</h2>
        <button type="button" class="button" onClick={addAll} disabled={isLocked(placement.value)}>
          {t.suggestions.addAll(items.length)}
        </button>
      </div>
      <ul>
        {items.map((item) => (
          <Row key={item.sku} item={item} drop={drop} />
        ))}
      </ul>
    </section>
  );
}

function Row({ item, drop }: { item: Suggestion; drop: KindProps['drop'] }) {
  const { sku, name, unit, available, reason, recommendationId } = item;
  const [text, setText] = useState(String(item.quantity));
  const add = (event: Event) => {
    event.preventDefault();
    const quantity = parseQuantity(text) ?? item.quantity;
    edit.add(sku, quantity);
    announce(t.add.added(formatCount(quantity), sku), { label: t.add.view, href: '#/' });
  };
  const dismiss = async () => {
    try {
      await box.dismiss(recommendationId, sku);
      drop(sku);
      announce(t.suggestions.dismissed(sku));
    } catch (error) {
      announce(problemText(error));
    }
  };
  return (
    <li class="card advice-item">
      <div class="advice-what">
        <a href={toHash({ name: 'product', sku })}>{name}</a>
        <span class="sku muted">{sku}</span>
        <p>{reason}</p>
        <p class="muted">{t.suggestions.available(formatCount(available), t.units[unit] ?? unit)}</p>
      </div>
      <form class="add" onSubmit={add}>
        <input
          class="input input-number"
          inputMode="numeric"
          maxLength={7}
          aria-label={t.add.quantity(sku)}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="submit" class="button" aria-label={t.add.label(sku)} disabled={isLocked(placement.value)}>
          {t.add.add}
        </button>
        <button
          type="button"
          class="button button-small"
          aria-label={t.suggestions.dismissLabel(sku)}
          onClick={() => void dismiss()}
        >
          {t.suggestions.dismiss}
        </button>
      </form>
    </li>
  );
}
