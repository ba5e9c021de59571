import type { PriceNow, QuantityRules } from '../api/types.ts';
import { nearestQuantity } from './quantity.ts';

export interface TierHint {
  /** Pieces to add to what is on the line. */
  readonly add: number;
  readonly quantity: number;
  /** Whole per cent off the unit price, rounded down so that the hint never promises too much. */
  readonly savePercent: number;
}

/** The next price tier that a line does not reach yet, if it is cheaper and can be ordered. */
export function tierHint(
  price: Pick<PriceNow, 'listUnitPriceMinor' | 'tiers'>,
  rules: QuantityRules,
  quantity: number,
): TierHint | undefined {
  const tiers = [...price.tiers].sort((left, right) => left.minimum - right.minimum);
  let now = price.listUnitPriceMinor;
  for (const tier of tiers) {
    if (tier.minimum <= quantity) now = tier.unitPriceMinor;
  }
  for (const tier of tiers) {
    if (tier.minimum <= quantity || now <= 0) continue;
    const wanted = nearestQuantity(rules, tier.minimum);
    const savePercent = Math.floor(((now - tier.unitPriceMinor) * 100) / now);
    if (wanted >= tier.minimum && savePercent >= 1) return { add: wanted - quantity, quantity: wanted, savePercent };
  }
  return undefined;
}
