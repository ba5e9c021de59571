import type { EntityKind, EntityTypes } from '../commands/command.ts';
import { fold } from '../core/decider.ts';
import type { NewEvent } from '../core/event.ts';
import { inventory } from '../domain/inventory/inventory.ts';
import { type OrderEvent, order, orderEventTypes } from '../domain/order/order.ts';
import { definitionOf } from '../events/catalog.ts';
import type { DealerProfile } from '../events/transactional/dealer.ts';
import type { InventoryChanged } from '../events/transactional/inventory.ts';
import type { PriceChanged } from '../events/transactional/price.ts';
import type { ProductSnapshot } from '../events/transactional/product.ts';
import type { PromotionActivated } from '../events/transactional/promotion.ts';
import { inSubjectIndex } from '../store/log.ts';
import type { Row, Store } from '../store/store.ts';

/** How one kind of state is loaded, and how an event changes it. */
export interface Entity<State> {
  /** States by key; a key that is missing in the answer gets `absent`. */
  load(store: Store, keys: readonly string[]): Promise<Map<string, State>>;
  readonly absent: State;
  /** Which key an event of these types changes. */
  readonly types: readonly string[];
  keyOf(event: NewEvent): string;
  evolve(state: State, event: NewEvent): State;
  /** States of this kind that stay in memory. */
  readonly cachedMax: number;
}

type Entities = { readonly [Kind in EntityKind]: Entity<EntityTypes[Kind]> };

const byKeys = (sql: string) => (store: Store, keys: readonly string[]) =>
  store.read({ sql, args: [JSON.stringify(keys)] });

const productRows = byKeys('SELECT sku, snapshot FROM products WHERE sku IN (SELECT value FROM json_each(?))');
const priceRows = byKeys(
  'SELECT sku, snapshot FROM prices WHERE sku IN (SELECT value FROM json_each(?)) ORDER BY position',
);
const stockRows = byKeys(
  'SELECT sku, on_hand, reserved, backordered, version, changed_at FROM stock WHERE sku IN (SELECT value FROM json_each(?))',
);
const dealerRows = byKeys('SELECT dealer_id, profile FROM dealers WHERE dealer_id IN (SELECT value FROM json_each(?))');
const ofKnownVersion = (type: string) => `(type = '${type}' AND version <= ${definitionOf(type)?.version ?? 0})`;
const orderRows = byKeys(
  `SELECT subject, type, coalesce(applied, data) AS data FROM events
   WHERE subject IN (SELECT value FROM json_each(?)) AND ${inSubjectIndex()} AND (${orderEventTypes.map(ofKnownVersion).join(' OR ')})
   ORDER BY position`,
);

const parse = <T>(value: Row[string] | undefined) => JSON.parse(String(value)) as T;

/** Every kind of state that a decision can read. */
export const entities: Entities = {
  product: {
    absent: undefined,
    types: ['product.updated'],
    cachedMax: 5_000,
    keyOf: (event) => (event.data as ProductSnapshot).sku,
    evolve: (_state, event) => event.data as ProductSnapshot,
    load: async (store, keys) =>
      new Map((await productRows(store, keys)).map((row) => [String(row.sku), parse<ProductSnapshot>(row.snapshot)])),
  },
  prices: {
    absent: [],
    types: ['price.changed'],
    cachedMax: 5_000,
    keyOf: (event) => (event.data as PriceChanged).sku,
    evolve: (state, event) => {
      const price = event.data as PriceChanged;
      return [
        ...state.filter((other) => other.priceListId !== price.priceListId || other.version !== price.version),
        price,
      ];
    },
    load: async (store, keys) => {
      const prices = new Map<string, PriceChanged[]>();
      for (const row of await priceRows(store, keys)) {
        const sku = String(row.sku);
        const known = prices.get(sku);
        const price = parse<PriceChanged>(row.snapshot);
        if (known === undefined) prices.set(sku, [price]);
        else known.push(price);
      }
      return prices;
    },
  },
  stock: {
    absent: inventory.initial,
    types: ['inventory.changed'],
    cachedMax: 20_000,
    keyOf: (event) => (event.data as InventoryChanged).sku,
    evolve: (state, event) => inventory.evolve(state, event as NewEvent<'inventory.changed', InventoryChanged>),
    load: async (store, keys) =>
      new Map(
        (await stockRows(store, keys)).map((row) => [
          String(row.sku),
          {
            onHand: Number(row.on_hand),
            reserved: Number(row.reserved),
            backordered: Number(row.backordered),
            version: Number(row.version),
            changedAt: String(row.changed_at),
          },
        ]),
      ),
  },
  order: {
    absent: order.initial,
    types: orderEventTypes,
    cachedMax: 500,
    keyOf: (event) => (event as OrderEvent).data.orderId,
    evolve: (state, event) => order.evolve(state, event as OrderEvent),
    load: async (store, keys) => {
      const histories = new Map<string, OrderEvent[]>();
      for (const row of await orderRows(store, keys)) {
        const event = { type: String(row.type), data: parse(row.data) } as OrderEvent;
        const history = histories.get(String(row.subject));
        if (history === undefined) histories.set(String(row.subject), [event]);
        else history.push(event);
      }
      return new Map([...histories].map(([id, history]) => [id, fold(order, history)]));
    },
  },
  dealer: {
    absent: undefined,
    types: ['dealer.created', 'dealer.updated'],
    cachedMax: 100,
    keyOf: (event) => (event.data as DealerProfile).dealerId,
    evolve: (_state, event) => event.data as DealerProfile,
    load: async (store, keys) =>
      new Map((await dealerRows(store, keys)).map((row) => [String(row.dealer_id), parse<DealerProfile>(row.profile)])),
  },
  promotions: {
    absent: [],
    types: ['promotion.activated'],
    cachedMax: 1,
    keyOf: () => 'all',
    evolve: (state, event) => {
      const promotion = event.data as PromotionActivated;
      return [...state.filter((other) => other.promotionId !== promotion.promotionId), promotion];
    },
    load: async (store) => {
      const rows = await store.read({ sql: 'SELECT snapshot FROM promotions ORDER BY promotion_id' });
      return new Map([['all', rows.map((row) => parse<PromotionActivated>(row.snapshot))]]);
    },
  },
};
