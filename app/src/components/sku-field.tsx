import { useEffect, useRef, useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import type { ProductSummary } from '../api/types.ts';
import { formatMoney } from '../format/format.ts';
import { t } from '../texts/text.ts';
import { StockText } from './stock-text.tsx';

const PAUSE_MS = 70;
const SHOWN = 8;

interface SkuFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly invalid?: boolean;
  readonly disabled?: boolean;
  readonly describedBy?: string;
  readonly onInput: (text: string) => void;
  /** Enter, or a suggestion was chosen. */
  readonly onCommit: (sku: string) => void;
  /** The focus goes elsewhere. */
  readonly onLeave?: () => void;
  /** Arrow keys while no suggestions are open. */
  readonly onMove?: (direction: 1 | -1) => void;
}

/**
 * A field for a SKU with suggestions while typing. Enter takes what is typed, at once: someone who knows the number, or a
 * scanner, never waits for a suggestion.
 */
export function SkuField(props: SkuFieldProps) {
  const [items, setItems] = useState<readonly ProductSummary[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef<AbortController | undefined>(undefined);
  const receivedAtMs = useRef(0);
  const listId = `${props.id}-list`;

  const close = () => {
    clearTimeout(pause.current);
    asked.current?.abort();
    setOpen(false);
    setActive(-1);
  };
  useEffect(() => close, []);

  const suggest = async (text: string) => {
    asked.current?.abort();
    const controller = new AbortController();
    asked.current = controller;
    try {
      const page = await box.products({ q: text, limit: SHOWN }, controller.signal);
      receivedAtMs.current = Date.now();
      setItems(page.items);
      setActive(-1);
      setOpen(page.items.length > 0);
    } catch {
      if (!controller.signal.aborted) setOpen(false);
    }
  };

  const typed = (text: string) => {
    props.onInput(text);
    clearTimeout(pause.current);
    asked.current?.abort();
    const query = text.trim();
    if (query.length < 2) close();
    else pause.current = setTimeout(() => void suggest(query), PAUSE_MS);
  };

  const choose = (item: ProductSummary) => {
    close();
    props.onInput(item.sku);
    props.onCommit(item.sku);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      const item = open ? items[active] : undefined;
      if (item !== undefined) choose(item);
      else {
        close();
        props.onCommit(props.value.trim());
      }
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const direction = event.key === 'ArrowDown' ? 1 : -1;
      event.preventDefault();
      if (open) setActive((now) => ((now + 1 + direction + items.length + 1) % (items.length + 1)) - 1);
      else props.onMove?.(direction);
    }
  };

  return (
    <div class="sku-field">
      <input
        id={props.id}
        class="input input-sku"
        role="combobox"
        aria-label={props.label}
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={props.invalid === true}
        aria-describedby={props.describedBy}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        maxLength={64}
        placeholder={props.placeholder}
        value={props.value}
        readOnly={props.disabled === true}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          close();
          props.onLeave?.();
        }}
      />
      <div class="suggestions" hidden={!open}>
        <div id={listId} role="listbox" aria-label={t.quick.suggestions}>
          {items.map((item, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the combobox that owns this list
            <div
              key={item.sku}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              class="suggestion"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(item)}
            >
              <span class="sku">{item.sku}</span>
              <span class="suggestion-name">{item.name}</span>
              <span class="suggestion-stock">
                <StockText stock={item.stock} receivedAtMs={receivedAtMs.current} />
              </span>
              <span class="suggestion-price">
                {item.price === null ? '' : formatMoney(item.price.unitPriceMinor, item.price.currency)}
              </span>
            </div>
          ))}
        </div>
      </div>
      <span class="sr-only" aria-live="polite">
        {open ? t.quick.suggested(items.length) : ''}
      </span>
    </div>
  );
}
