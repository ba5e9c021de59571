import { definitionOf, type EventData, type EventType } from '../../src/events/catalog.ts';
import type { DealerProfile } from '../../src/events/transactional/dealer.ts';
import type { InventoryChanged } from '../../src/events/transactional/inventory.ts';
import type { OrderLine, OrderPlaced } from '../../src/events/transactional/order.ts';
import type { PriceChanged } from '../../src/events/transactional/price.ts';
import type { ProductSnapshot } from '../../src/events/transactional/product.ts';
import type { PromotionActivated } from '../../src/events/transactional/promotion.ts';

/** The instant at which tests happen unless they say otherwise. */
export const NOW = '2026-11-02T09:00:00.000Z';

/** A payload like the catalogue's example, with some members changed. */
export function payload<Type extends EventType>(type: Type, changes: Partial<EventData<Type>> = {}): EventData<Type> {
  const definition = definitionOf(type);
  if (definition === undefined) throw new Error(`No event type ${type}.`);
  const data: unknown = { ...structuredClone(definition.example as object), ...changes };
  return data as EventData<Type>;
}

export const dealer = (changes: Partial<DealerProfile> = {}) => payload('dealer.created', changes);

export function product(sku: string, changes: Partial<ProductSnapshot> = {}): ProductSnapshot {
  return payload('product.updated', { sku, quantityRules: { minimum: 1, increment: 1 }, supersedes: [], ...changes });
}

/** A price without tiers, in force since long ago. */
export function price(sku: string, listUnitPriceMinor: number, changes: Partial<PriceChanged> = {}): PriceChanged {
  return payload('price.changed', {
    sku,
    listUnitPriceMinor,
    tiers: [],
    effectiveFrom: '2020-01-01T00:00:00.000Z',
    version: 1,
    ...changes,
  });
}

/** A promotion for everything, in force now. */
export function promotion(promotionId: string, changes: Partial<PromotionActivated> = {}): PromotionActivated {
  return payload('promotion.activated', {
    promotionId,
    skus: [],
    categories: [],
    minimumQuantity: 1,
    discountBasisPoints: 1000,
    activeFrom: '2026-11-01T00:00:00.000Z',
    activeTo: '2026-11-30T23:59:59.000Z',
    version: 1,
    ...changes,
  });
}

/** A stock count from the centre. */
export function count(sku: string, onHand: number, changes: Partial<InventoryChanged> = {}): InventoryChanged {
  return payload('inventory.changed', {
    sku,
    movement: { kind: 'adjust', quantity: onHand },
    onHand,
    reserved: 0,
    available: onHand,
    backordered: 0,
    version: 1,
    occurredAt: NOW,
    ...changes,
  });
}

/** A line of a placed order. */
export function line(lineNumber: number, sku: string, quantity: number, backordered = 0): OrderLine {
  const [example] = payload('order.placed').lines;
  if (example === undefined) throw new Error('The example has no line.');
  return { ...example, lineNumber, sku, quantity, backordered, reserved: quantity - backordered };
}

export function placed(orderId: string, lines: OrderLine[] = [line(1, 'HOSE', 4)]): OrderPlaced {
  return payload('order.placed', { orderId, lines });
}
