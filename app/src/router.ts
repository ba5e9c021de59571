import { signal } from '@preact/signals';

/** Where in the app a person is. The address is kept in the hash, so any server of static files can serve it. */
export type Route =
  | { readonly name: 'quick-order' }
  | { readonly name: 'placed'; readonly orderId: string }
  | { readonly name: 'search'; readonly q: string; readonly category: string }
  | { readonly name: 'product'; readonly sku: string }
  | { readonly name: 'orders'; readonly q: string; readonly status: string }
  | { readonly name: 'order'; readonly orderId: string }
  | { readonly name: 'stock'; readonly q: string; readonly state: string }
  | { readonly name: 'suggestions' }
  | { readonly name: 'models' }
  | { readonly name: 'not-found' };

export function parseHash(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [screen = '', ...rest] = path.split('/');
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name) ?? '';
  const id = decoded(rest.join('/'));
  if (screen === '') return { name: 'quick-order' };
  if (screen === 'placed' && id !== '') return { name: 'placed', orderId: id };
  if (screen === 'search') return { name: 'search', q: text('q'), category: text('category') };
  if (screen === 'product' && id !== '') return { name: 'product', sku: id };
  if (screen === 'orders') {
    return id === '' ? { name: 'orders', q: text('q'), status: text('status') } : { name: 'order', orderId: id };
  }
  if (screen === 'stock') return { name: 'stock', q: text('q'), state: text('state') || 'all' };
  if (screen === 'models') return { name: 'models' };
  if (screen === 'suggestions') return { name: 'suggestions' };
  return { name: 'not-found' };
}

export function toHash(route: Route): string {
  switch (route.name) {
    case 'quick-order':
      return '#/';
    case 'placed':
      return `#/placed/${encodeURIComponent(route.orderId)}`;
    case 'search':
      return `#/search${query({ q: route.q, category: route.category })}`;
    case 'product':
      return `#/product/${encodeURIComponent(route.sku)}`;
    case 'orders':
      return `#/orders${query({ q: route.q, status: route.status })}`;
    case 'order':
      return `#/orders/${encodeURIComponent(route.orderId)}`;
    case 'stock':
      return `#/stock${query({ q: route.q, state: route.state === 'all' ? '' : route.state })}`;
    case 'suggestions':
      return '#/suggestions';
    case 'models':
      return '#/models';
    case 'not-found':
      return '#/not-found';
  }
}

function query(parts: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ''));
  return search.size === 0 ? '' : `?${search}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = signal<Route>({ name: 'quick-order' });

/** Follows the address bar; called once at start. */
export function startRouter(): void {
  const read = () => {
    route.value = parseHash(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}

export function go(to: Route): void {
  location.hash = toHash(to);
}

/** Changes the address without a new step in the history: for filters and search as it is typed. */
export function replace(to: Route): void {
  history.replaceState(null, '', toHash(to));
  route.value = to;
}
