import type { BasketLog } from './basket-log.ts';

/** Scores of some items; an item that is not named has none. In no order; each item once; scores above zero. */
export interface ItemScores {
  readonly items: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/** Why a method scored an item: what a reason in words is made of. */
export type Evidence =
  | { readonly kind: 'interval'; readonly every: number; readonly since: number; readonly times: number }
  | { readonly kind: 'bought-before'; readonly times: number; readonly of: number; readonly since: number }
  | { readonly kind: 'bought-together'; readonly with: number; readonly share: number }
  | { readonly kind: 'similar-customers'; readonly customers: number; readonly of: number }
  | { readonly kind: 'popular'; readonly share: number };

/** A method that learned from a log. Customers and items are those of the log. */
export interface FittedMethod {
  readonly name: string;
  /** @param time The time of the basket to predict, in the log's unit. */
  score(customer: number, time: number): ItemScores;
  /** What speaks for one item; `undefined` where the method has nothing to say. */
  explain(customer: number, item: number, time: number): Evidence | undefined;
}

/** One way to predict the next basket. */
export interface Method {
  readonly name: string;
  fit(log: BasketLog): FittedMethod;
}
