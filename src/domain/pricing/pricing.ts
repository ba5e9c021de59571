import type { PriceChanged } from '../../events/transactional/price.ts';
import type { PromotionActivated } from '../../events/transactional/promotion.ts';

/** How one line came to its price. Amounts are integer minor units of the price list's currency. */
export interface LinePricing {
  readonly listUnitPriceMinor: number;
  readonly unitPriceMinor: number;
  readonly priceListId: string;
  readonly priceVersion: number;
  readonly tierMinimum?: number;
  readonly promotionId?: string;
  readonly promotionVersion?: number;
  readonly netMinor: number;
  readonly discountMinor: number;
}

/**
 * A share of an amount, rounded half away from zero. The amount is split first, so that every
 * product stays below 2^53 and the result is exact.
 */
export function shareOf(amountMinor: number, basisPoints: number): number {
  const sign = amountMinor < 0 ? -1 : 1;
  const amount = Math.abs(amountMinor);
  const rest = amount % 10_000;
  const whole = (amount - rest) / 10_000;
  const share = whole * basisPoints + Math.floor((rest * basisPoints + 5_000) / 10_000);
  // Not -0, which compares and prints unlike 0 in places.
  return share === 0 ? 0 : sign * share;
}

/**
 * The price of a list that is in force at an instant: among those whose period holds it, the one that took
 * effect last; of equal ones the highest version.
 */
export function priceInForce(
  prices: readonly PriceChanged[],
  priceListId: string,
  at: string,
): PriceChanged | undefined {
  const instant = Date.parse(at);
  let best: PriceChanged | undefined;
  let bestFrom = Number.NEGATIVE_INFINITY;
  for (const price of prices) {
    if (price.priceListId !== priceListId) continue;
    const from = Date.parse(price.effectiveFrom);
    if (from > instant) continue;
    if (price.effectiveTo !== undefined && Date.parse(price.effectiveTo) <= instant) continue;
    if (from > bestFrom || (from === bestFrom && best !== undefined && price.version > best.version)) {
      best = price;
      bestFrom = from;
    }
  }
  return best;
}

/** What a promotion has to match. */
export interface PromotionTarget {
  readonly sku: string;
  readonly category: readonly string[];
  readonly quantity: number;
}

/** Whether a promotion applies to a line at an instant. */
export function promotionApplies(promotion: PromotionActivated, target: PromotionTarget, at: string): boolean {
  const instant = Date.parse(at);
  if (instant < Date.parse(promotion.activeFrom) || instant > Date.parse(promotion.activeTo)) return false;
  if (target.quantity < promotion.minimumQuantity) return false;
  if (promotion.skus.length === 0 && promotion.categories.length === 0) return true;
  return (
    promotion.skus.includes(target.sku) || target.category.some((category) => promotion.categories.includes(category))
  );
}

/** Of two equal ones the id decides, so that the order in which they are known does not. */
function isBetter(promotion: PromotionActivated, best: PromotionActivated | undefined): boolean {
  const ahead = promotion.discountBasisPoints - (best?.discountBasisPoints ?? 0);
  return ahead > 0 || (ahead === 0 && best !== undefined && promotion.promotionId < best.promotionId);
}

/**
 * Prices one line: the highest tier that the quantity reaches, then the best single promotion off that, rounded
 * half up to a minor unit. Promotions do not add up.
 */
export function priceLine(
  price: PriceChanged,
  promotions: readonly PromotionActivated[],
  target: PromotionTarget,
  at: string,
): LinePricing {
  let unitPriceMinor = price.listUnitPriceMinor;
  let tierMinimum: number | undefined;
  for (const tier of price.tiers) {
    if (tier.minimum <= target.quantity && tier.minimum > (tierMinimum ?? 0)) {
      unitPriceMinor = tier.unitPriceMinor;
      tierMinimum = tier.minimum;
    }
  }
  let best: PromotionActivated | undefined;
  for (const promotion of promotions) {
    if (isBetter(promotion, best) && promotionApplies(promotion, target, at)) best = promotion;
  }
  if (best !== undefined) unitPriceMinor -= shareOf(unitPriceMinor, best.discountBasisPoints);
  const netMinor = unitPriceMinor * target.quantity;
  return {
    listUnitPriceMinor: price.listUnitPriceMinor,
    unitPriceMinor,
    priceListId: price.priceListId,
    priceVersion: price.version,
    ...(tierMinimum === undefined ? {} : { tierMinimum }),
    ...(best === undefined ? {} : { promotionId: best.promotionId, promotionVersion: best.version }),
    netMinor,
    discountMinor: price.listUnitPriceMinor * target.quantity - netMinor,
  };
}
