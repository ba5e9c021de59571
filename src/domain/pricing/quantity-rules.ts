import type { QuantityRules } from '../../events/transactional/product.ts';

/** What no product's rules allow to exceed. */
export const QUANTITY_MAX = 1_000_000;

/** Why a quantity does not fit the rules, and the nearest one that does. */
export interface QuantityProblem {
  readonly detail: string;
  readonly suggestion: number;
}

/** Checks a quantity against a product's rules; `undefined` when it fits. */
export function checkQuantity(rules: QuantityRules, quantity: number): QuantityProblem | undefined {
  const suggestion = nearestQuantity(rules, quantity);
  if (suggestion === quantity) return undefined;
  if (quantity < rules.minimum) return { detail: `At least ${rules.minimum} must be ordered.`, suggestion };
  const maximum = rules.maximum ?? QUANTITY_MAX;
  if (quantity > maximum) {
    return { detail: `At most ${maximum} can be ordered at once.`, suggestion };
  }
  return {
    detail: `Sold in steps of ${rules.increment} from ${rules.minimum}; ${quantity} is between two steps.`,
    suggestion,
  };
}

/** The smallest allowed quantity that is not below the wanted one, or the largest allowed one. */
export function nearestQuantity(rules: QuantityRules, quantity: number): number {
  const stepsUp = Math.max(0, Math.ceil((quantity - rules.minimum) / rules.increment));
  const wanted = rules.minimum + stepsUp * rules.increment;
  const maximum = rules.maximum ?? QUANTITY_MAX;
  if (wanted <= maximum) return wanted;
  return rules.minimum + Math.floor(Math.max(0, maximum - rules.minimum) / rules.increment) * rules.increment;
}
