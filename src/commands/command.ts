import type { NewEvent } from '../core/event.ts';
import type { StockState } from '../domain/inventory/inventory.ts';
import type { OrderState } from '../domain/order/order.ts';
import type { DealerProfile } from '../events/transactional/dealer.ts';
import type { PriceChanged } from '../events/transactional/price.ts';
import type { ProductSnapshot } from '../events/transactional/product.ts';
import type { PromotionActivated } from '../events/transactional/promotion.ts';

/** What a decision may read of each kind, by key. */
export interface EntityTypes {
  readonly product: ProductSnapshot | undefined;
  readonly prices: readonly PriceChanged[];
  readonly stock: StockState;
  readonly order: OrderState;
  readonly dealer: DealerProfile | undefined;
  /** One key, `all`. */
  readonly promotions: readonly PromotionActivated[];
}

export type EntityKind = keyof EntityTypes;

export interface EntityKey {
  readonly kind: EntityKind;
  readonly key: string;
}

/** The state that decisions read: committed rows, and what earlier decisions of the same commit changed. */
export interface View {
  /** Throws when the key was not among the handler's needs. */
  get<Kind extends EntityKind>(kind: Kind, key: string): EntityTypes[Kind];
  has(kind: EntityKind, key: string): boolean;
}

/** What a handler knows besides the command and the view. */
export interface DecisionContext {
  readonly view: View;
  readonly dealerId: string;
  readonly deviceId: string;
  readonly locationId: string;
  /** The instant of the decision, RFC 3339 in UTC. */
  readonly now: string;
  readonly nowMs: number;
  newId(): string;
  /** The next order number of this device. It is used up only when the decision is committed. */
  nextOrderNumber(): string;
}

/** One kind of command: what it has to have loaded, and what it decides. */
export interface CommandHandler<Name extends string = string, Command = never> {
  readonly name: Name;
  /**
   * The keys to load before `decide`. Asked again after each load, so that a later key may depend on an
   * earlier one (the stock of an order's lines).
   */
  needs(command: Command, view: View, dealerId: string): Iterable<EntityKey>;
  /** The facts, in order. Throws `EdgeError` when the state or the command does not allow it. */
  decide(command: Command, context: DecisionContext): readonly NewEvent[];
}

/** Helps the compiler to infer a handler's types. */
export function defineCommand<const Name extends string, Command>(
  handler: CommandHandler<Name, Command>,
): CommandHandler<Name, Command> {
  return handler;
}
