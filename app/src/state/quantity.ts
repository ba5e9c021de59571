import { nearestQuantity } from '../../../src/domain/pricing/quantity-rules.ts';
import type { QuantityRules } from '../api/types.ts';

export { nearestQuantity };

/** What a person typed as a quantity; `undefined` unless it is a whole number above zero. */
export function parseQuantity(text: string): number | undefined {
  const digits = text.trim();
  if (!/^\d{1,7}$/.test(digits)) return undefined;
  const quantity = Number(digits);
  return quantity > 0 ? quantity : undefined;
}

/** The next allowed quantity in a direction: what the arrow keys do in a quantity field. */
export function stepQuantity(rules: QuantityRules, quantity: number | undefined, direction: 1 | -1): number {
  if (quantity === undefined) return rules.minimum;
  const nearest = nearestQuantity(rules, quantity);
  if (direction === 1) return nearest > quantity ? nearest : nearestQuantity(rules, quantity + 1);
  if (nearest < quantity) return nearest;
  if (quantity <= rules.minimum) return rules.minimum;
  const below = rules.minimum + Math.floor((quantity - 1 - rules.minimum) / rules.increment) * rules.increment;
  return Math.max(rules.minimum, below);
}
