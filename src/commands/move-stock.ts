import { EdgeError } from '../core/errors.ts';
import { inventory } from '../domain/inventory/inventory.ts';
import { defineCommand } from './command.ts';

export interface MoveStock {
  readonly sku: string;
  readonly kind: 'receive' | 'sell' | 'adjust' | 'return';
  /** Pieces; for `adjust` the signed correction. */
  readonly quantity: number;
  readonly reason?: string;
}

export const moveStock = defineCommand({
  name: 'move-stock',
  needs: (command: MoveStock) => [
    { kind: 'product', key: command.sku },
    { kind: 'stock', key: command.sku },
  ],
  decide: (command: MoveStock, context) => {
    const product = context.view.get('product', command.sku);
    if (product === undefined) {
      throw new EdgeError('invalid-movement', `There is no product ${command.sku} here. Check the SKU.`, {
        violations: [{ pointer: '/sku', code: 'unknown-sku', detail: `There is no product ${command.sku} here.` }],
      });
    }
    return inventory.decide(context.view.get('stock', command.sku), {
      kind: command.kind,
      sku: command.sku,
      locationId: context.locationId,
      unit: product.unit,
      quantity: command.quantity,
      at: context.now,
      ...(command.reason === undefined ? {} : { reason: command.reason }),
    });
  },
});
