import { useEffect, useRef, useState } from 'preact/hooks';
import { go, type Route, replace, route, toHash } from '../router.ts';
import { dealer } from '../state/dealer.ts';
import { lineCount } from '../state/draft-store.ts';
import { t } from '../texts/text.ts';
import { ListIcon, OrderIcon, SearchIcon, StockIcon, SuggestionIcon } from './icons.tsx';
import { StatusBadge } from './status-badge.tsx';

export function Header() {
  return (
    <header class="header">
      <div class="header-bar">
        <a class="brand" href="#/">
          <img src="/favicon.svg" alt="" width="26" height="26" />
          <span class="brand-name">{dealer.value?.name ?? t.app.name}</span>
        </a>
        <Navigation />
        <SearchBox />
        <StatusBadge />
      </div>
    </header>
  );
}

function Navigation() {
  const now = route.value.name;
  const count = lineCount.value;
  return (
    <nav class="nav" aria-label={t.nav.label}>
      <NavLink to={{ name: 'quick-order' }} current={now === 'quick-order' || now === 'placed'}>
        <OrderIcon />
        <span>{t.nav.quickOrder}</span>
        {count > 0 && (
          <span class="nav-count">
            <span aria-hidden="true">{count}</span>
            <span class="sr-only">{t.nav.lines(count)}</span>
          </span>
        )}
      </NavLink>
      <NavLink to={{ name: 'search', q: '', category: '' }} current={now === 'search' || now === 'product'}>
        <SearchIcon />
        <span>{t.nav.search}</span>
      </NavLink>
      <NavLink to={{ name: 'suggestions' }} current={now === 'suggestions'}>
        <SuggestionIcon />
        <span>{t.nav.suggestions}</span>
      </NavLink>
      <NavLink to={{ name: 'orders', q: '', status: '' }} current={now === 'orders' || now === 'order'}>
        <ListIcon />
        <span>{t.nav.orders}</span>
      </NavLink>
      <NavLink to={{ name: 'stock', q: '', state: 'all' }} current={now === 'stock'}>
        <StockIcon />
        <span>{t.nav.stock}</span>
      </NavLink>
    </nav>
  );
}

function NavLink(props: { to: Route; current: boolean; children: preact.ComponentChildren }) {
  return (
    <a class="nav-link" href={toHash(props.to)} aria-current={props.current ? 'page' : undefined}>
      {props.children}
    </a>
  );
}

const LIVE_SEARCH_PAUSE_MS = 120;

/** The search box of every screen: `/` focuses it, Enter opens the results, which then follow the typing. */
function SearchBox() {
  const now = route.value;
  const shown = now.name === 'search' ? now.q : '';
  const [text, setText] = useState(shown);
  const input = useRef<HTMLInputElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    if (document.activeElement !== input.current) setText(shown);
  }, [shown, now.name]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const typed = (value: string) => {
    setText(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => {
      const current = route.value;
      if (current.name === 'search') replace({ ...current, q: value.trim() });
    }, LIVE_SEARCH_PAUSE_MS);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    clearTimeout(pause.current);
    const category = route.value.name === 'search' ? route.value.category : '';
    go({ name: 'search', q: text.trim(), category });
  };

  return (
    <search class="search-box">
      <form onSubmit={submit}>
        <SearchIcon />
        <input
          ref={input}
          type="search"
          aria-label={t.search.box}
          placeholder={t.search.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => typed(event.currentTarget.value)}
        />
        <span class="key" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}
