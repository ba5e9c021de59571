import { request } from './http.ts';
import type {
  Category,
  Dealer,
  Forecast,
  InventoryItem,
  Model,
  Movement,
  Order,
  OrderLineRequest,
  OrderSummary,
  Page,
  PlaceOrder,
  Product,
  ProductSummary,
  Quote,
  SearchPage,
  SuggestionList,
  SyncStatus,
} from './types.ts';

/** Every address of the box that this app uses. */

type Query = Readonly<Record<string, string | number | undefined>>;

function address(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

const segment = encodeURIComponent;

export const box = {
  dealer: (signal?: AbortSignal) => request<Dealer>('GET', '/v1/dealer', { signal }),

  sync: (timeoutMs = 4_000) => request<SyncStatus>('GET', '/v1/sync', { timeoutMs }),

  products: (
    query: { q?: string; category?: string | undefined; limit?: number; cursor?: string | undefined },
    signal?: AbortSignal,
  ) => request<SearchPage>('GET', address('/v1/products', query), { signal }),

  product: (sku: string, signal?: AbortSignal) => request<Product>('GET', `/v1/products/${segment(sku)}`, { signal }),

  similar: (sku: string, signal?: AbortSignal) =>
    request<{ items: ProductSummary[]; mode: string }>('GET', `/v1/products/${segment(sku)}/similar`, { signal }),

  forecast: (sku: string, signal?: AbortSignal) =>
    request<Forecast>('GET', `/v1/forecasts/${segment(sku)}`, { signal }),

  suggestions: (signal?: AbortSignal) => request<SuggestionList>('GET', '/v1/recommendations?limit=120', { signal }),

  models: (signal?: AbortSignal) => request<{ items: Model[] }>('GET', '/v1/models', { signal }),

  rollBackModel: (task: string) => request<unknown>('POST', `/v1/models/${segment(task)}/rollback`, { body: {} }),

  dismiss: (recommendationId: string, sku: string) =>
    request<unknown>('POST', '/v1/feedback', {
      body: { target: { kind: 'recommendation', id: recommendationId }, signal: 'dismissed', sku },
    }),

  categories: (signal?: AbortSignal) => request<{ items: Category[] }>('GET', '/v1/categories', { signal }),

  quote: (lines: readonly OrderLineRequest[], signal?: AbortSignal) =>
    request<Quote>('POST', '/v1/quotes', { body: { lines }, signal }),

  placeOrder: (body: PlaceOrder, key: string) =>
    request<Order>('POST', '/v1/orders', { body, headers: { 'idempotency-key': key } }),

  orders: (
    query: { status?: string | undefined; q?: string | undefined; limit?: number; cursor?: string | undefined },
    signal?: AbortSignal,
  ) => request<Page<OrderSummary>>('GET', address('/v1/orders', query), { signal }),

  order: (orderId: string, signal?: AbortSignal) => request<Order>('GET', `/v1/orders/${segment(orderId)}`, { signal }),

  cancelOrder: (orderId: string, reason: string) =>
    request<Order>('POST', `/v1/orders/${segment(orderId)}/cancel`, { body: { reason } }),

  inventory: (
    query: { q?: string | undefined; state?: string | undefined; limit?: number; cursor?: string | undefined },
    signal?: AbortSignal,
  ) => request<Page<InventoryItem>>('GET', address('/v1/inventory', query), { signal }),

  moveStock: (movement: Movement, key: string) =>
    request<unknown>('POST', '/v1/inventory/movements', { body: movement, headers: { 'idempotency-key': key } }),
};
