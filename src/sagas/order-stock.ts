import type { DecisionContext, EntityKey, View } from '../commands/command.ts';
import type { NewEvent } from '../core/event.ts';
import { type InventoryCommand, inventory } from '../domain/inventory/inventory.ts';
import type { OrderState } from '../domain/order/order.ts';

/** An order, and once that is known the stock of its lines. */
export function* orderNeedsWithStock(orderId: string, view: View): Iterable<EntityKey> {
  yield { kind: 'order', key: orderId };
  if (!view.has('order', orderId)) return;
  for (const line of view.get('order', orderId).placed?.lines ?? []) yield { kind: 'stock', key: line.sku };
}

/** Gives back everything that an order still holds: the saga's compensation. */
export function releaseLines(state: OrderState, context: DecisionContext): NewEvent[] {
  return moveLines(state, context, (line, left) => ({
    kind: 'release',
    quantity: left,
    backordered: Math.min(line.backordered, left),
  }));
}

/** Takes shipped pieces out of what the order holds. */
export function fulfilLines(
  state: OrderState,
  shippedNow: Readonly<Record<number, number>>,
  context: DecisionContext,
): NewEvent[] {
  return moveLines(state, context, (line, left) => {
    const quantity = Math.min(left, shippedNow[line.lineNumber] ?? 0);
    return quantity === 0 ? undefined : { kind: 'fulfil', quantity };
  });
}

type Line = NonNullable<OrderState['placed']>['lines'][number];
type Move = { kind: 'release'; quantity: number; backordered: number } | { kind: 'fulfil'; quantity: number };

function moveLines(
  state: OrderState,
  context: DecisionContext,
  moveOf: (line: Line, left: number) => Move | undefined,
): NewEvent[] {
  const placed = state.placed;
  if (placed === undefined) return [];
  const events: NewEvent[] = [];
  const stock = new Map(placed.lines.map((line) => [line.sku, context.view.get('stock', line.sku)]));
  for (const line of placed.lines) {
    const left = line.quantity - (state.shipped[line.lineNumber] ?? 0);
    const move = left > 0 ? moveOf(line, left) : undefined;
    if (move === undefined) continue;
    const command: InventoryCommand = {
      ...move,
      sku: line.sku,
      locationId: context.locationId,
      unit: line.unit,
      at: context.now,
      reference: { kind: 'order', id: placed.orderId },
    };
    const before = stock.get(line.sku) ?? inventory.initial;
    for (const event of inventory.decide(before, command)) {
      stock.set(line.sku, inventory.evolve(before, event));
      events.push(event);
    }
  }
  return events;
}
