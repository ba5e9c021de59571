import { useEffect, useRef } from 'preact/hooks';
import { Header } from './components/header.tsx';
import { Toast } from './components/toast.tsx';
import { type Route, route, toHash } from './router.ts';
import { Models } from './screens/models.tsx';
import { NotFound } from './screens/not-found.tsx';
import { OrderPage } from './screens/order.tsx';
import { Orders } from './screens/orders.tsx';
import { Placed } from './screens/placed.tsx';
import { ProductPage } from './screens/product.tsx';
import { QuickOrder } from './screens/quick-order.tsx';
import { Search } from './screens/search.tsx';
import { Stock } from './screens/stock.tsx';
import { Suggestions } from './screens/suggestions.tsx';
import { dealer } from './state/dealer.ts';
import { t } from './texts/text.ts';

export function App() {
  const now = route.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const place = 'orderId' in now || 'sku' in now ? toHash(now) : now.name;

  useEffect(() => {
    document.title = [titleOf(now), dealer.value?.name ?? t.app.name].join(' · ');
    scrollTo(0, 0);
    // A new screen starts at its top for a screen reader too; quick order puts the cursor into its grid itself.
    if (!first.current && now.name !== 'quick-order' && !main.current?.contains(document.activeElement)) {
      const typing = document.activeElement instanceof HTMLInputElement;
      if (!typing) main.current?.focus();
    }
    first.current = false;
  }, [place]);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t.app.skip}
      </button>
      <Header />
      <main id="main" ref={main} tabIndex={-1} class={`screen screen-${now.name}`}>
        <Screen route={now} />
      </main>
      <Toast />
    </>
  );
}

function Screen({ route: now }: { route: Route }) {
  switch (now.name) {
    case 'quick-order':
      return <QuickOrder />;
    case 'placed':
      return <Placed orderId={now.orderId} />;
    case 'search':
      return <Search q={now.q} category={now.category} />;
    case 'product':
      return <ProductPage key={now.sku} sku={now.sku} />;
    case 'orders':
      return <Orders q={now.q} status={now.status} />;
    case 'order':
      return <OrderPage key={now.orderId} orderId={now.orderId} />;
    case 'stock':
      return <Stock q={now.q} state={now.state} />;
    case 'suggestions':
      return <Suggestions />;
    case 'models':
      return <Models />;
    case 'not-found':
      return <NotFound />;
  }
}

function titleOf(now: Route): string {
  switch (now.name) {
    case 'quick-order':
      return t.quick.title;
    case 'placed':
      return t.placed.title;
    case 'search':
      return now.q === '' ? t.search.title : now.q;
    case 'product':
      return now.sku;
    case 'orders':
    case 'order':
      return t.orders.title;
    case 'stock':
      return t.stock.title;
    case 'suggestions':
      return t.suggestions.title;
    case 'models':
      return t.models.title;
    case 'not-found':
      return t.app.notFound;
  }
}
