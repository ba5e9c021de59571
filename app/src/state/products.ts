import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable, Refusal } from '../api/http.ts';
import type { Product } from '../api/types.ts';
import { onNotice } from './notifications.ts';

/** What is known of the products on the order's lines. */
export type ProductState =
  | { readonly state: 'loading' }
  | { readonly state: 'known'; readonly product: Product; readonly receivedAtMs: number }
  | { readonly state: 'unknown' }
  | { readonly state: 'failed' };

const known = new Map<string, Signal<ProductState>>();
const LOADING: ProductState = { state: 'loading' };

/** The product of a SKU, asked for on first use. */
export function productOf(sku: string): ReadonlySignal<ProductState> {
  let entry = known.get(sku);
  if (entry === undefined) {
    entry = signal<ProductState>(LOADING);
    known.set(sku, entry);
    void refresh(sku, entry);
  }
  return entry;
}

async function refresh(sku: string, entry: Signal<ProductState>): Promise<void> {
  try {
    entry.value = { state: 'known', product: await box.product(sku), receivedAtMs: Date.now() };
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) entry.value = { state: 'unknown' };
    else if (entry.value.state !== 'known') entry.value = { state: 'failed' };
  }
}

/** The SKU as the catalogue writes it: typed in small letters it is found too. */
export async function resolveSku(typed: string): Promise<string> {
  const sku = typed.trim();
  const upper = sku.toUpperCase();
  if (upper === sku || sku === '') return sku;
  const [asTyped, inCapitals] = await Promise.all([exists(sku), exists(upper)]);
  return !asTyped && inCapitals ? upper : sku;
}

async function exists(sku: string): Promise<boolean> {
  try {
    await box.product(sku);
    return true;
  } catch {
    return false;
  }
}

/** Keeps what is shown fresh: changes of stock, price and product, and a second try when the box is back. */
export function startProducts(): void {
  const soon = new Set<string>();
  onNotice((notice) => {
    if (!/^(inventory|price|product)\./.test(notice.type)) return;
    const sku = (notice.data as { sku?: string } | null)?.sku ?? notice.subject;
    if (!known.has(sku) || soon.has(sku)) return;
    soon.add(sku);
    setTimeout(() => {
      soon.delete(sku);
      const entry = known.get(sku);
      if (entry !== undefined) void refresh(sku, entry);
    }, 150);
  });
  boxReachable.subscribe((reachable) => {
    if (reachable !== true) return;
    for (const [sku, entry] of known) if (entry.peek().state === 'failed') void refresh(sku, entry);
  });
}
