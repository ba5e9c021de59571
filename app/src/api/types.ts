import type { z } from 'zod';
import type { DealerProfile } from '../../../src/events/transactional/dealer.ts';
import type * as schemas from '../../../src/http/schemas.ts';

/** The box's own schemas, as types: when the box changes what it sends, this app stops compiling. */

export type Dealer = DealerProfile;
export type Problem = z.infer<typeof schemas.problem>;
export type ProductSummary = z.infer<typeof schemas.productSummary>;
export type Product = z.infer<typeof schemas.product>;
export type PriceNow = z.infer<typeof schemas.priceNow>;
export type QuantityRules = ProductSummary['quantityRules'];
export type Quote = z.infer<typeof schemas.quoteResponse>;
export type QuoteLine = Quote['lines'][number];
export type Totals = Quote['totals'];
export type Violation = Quote['violations'][number];
export type OrderLineRequest = z.infer<typeof schemas.orderLineRequest>;
export type PlaceOrder = z.infer<typeof schemas.placeOrderRequest>;
export type Order = z.infer<typeof schemas.order>;
export type OrderSummary = z.infer<typeof schemas.orderSummary>;
export type OrderStatus = (typeof schemas.orderStatuses)[number];
export type TimelineStep = z.infer<typeof schemas.timelineStep>;
export type InventoryItem = z.infer<typeof schemas.inventoryItem>;
export type Movement = z.infer<typeof schemas.movementRequest>;
export type MovementKind = Movement['kind'];
export type SyncStatus = z.infer<typeof schemas.syncStatus>;
export type Forecast = z.infer<typeof schemas.forecast>;
export type Model = z.infer<typeof schemas.model>;
export type Suggestion = z.infer<typeof schemas.suggestion>;
export type SuggestionList = z.infer<typeof schemas.suggestions>;
export type SearchMode = (typeof schemas.searchModes)[number];

export interface StockLevels {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly backordered: number;
  readonly changedAt: string;
  readonly ageMs: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

export interface SearchPage extends Page<ProductSummary> {
  readonly mode: SearchMode;
  readonly corrections?: z.infer<typeof schemas.corrections>;
}

export interface Category {
  readonly category: string;
  readonly count: number;
}
