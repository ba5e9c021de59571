import { EdgeError, type Violation } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { DealerProfile } from '../../events/transactional/dealer.ts';
import type { OrderLine, OrderPlaced, PriceSeen } from '../../events/transactional/order.ts';
import type { PriceChanged } from '../../events/transactional/price.ts';
import type { ProductSnapshot } from '../../events/transactional/product.ts';
import type { PromotionActivated } from '../../events/transactional/promotion.ts';
import { priceInForce, priceLine, shareOf } from '../pricing/pricing.ts';
import { checkQuantity } from '../pricing/quantity-rules.ts';

export interface RequestedLine {
  readonly sku: string;
  readonly quantity: number;
}

/** Everything that a quote reads; nothing else decides about a price. */
export interface QuoteContext {
  readonly dealer: DealerProfile;
  readonly at: string;
  product(sku: string): ProductSnapshot | undefined;
  prices(sku: string): readonly PriceChanged[];
  /** Pieces that can be promised now. */
  available(sku: string): number;
  readonly promotions: readonly PromotionActivated[];
}

export interface Quote {
  readonly lines: readonly OrderLine[];
  readonly totals: OrderPlaced['totals'];
}

/**
 * Prices an order and splits each line into what stock covers and what is backordered.
 * @throws {EdgeError} `invalid-order` with a violation and a pointer for each line that cannot be ordered.
 */
export function quote(requested: readonly RequestedLine[], context: QuoteContext): Quote {
  const violations: Violation[] = [];
  const lines: OrderLine[] = [];
  // Two lines of one SKU share its stock.
  const promised = new Map<string, number>();
  if (requested.length === 0) {
    violations.push({ pointer: '/lines', code: 'empty-order', detail: 'Add at least one line.' });
  }
  if (requested.length > limits.orderLines) {
    violations.push({
      pointer: '/lines',
      code: 'too-many-lines',
      detail: `At most ${limits.orderLines} lines; split the order.`,
    });
  }
  requested.slice(0, limits.orderLines).forEach((line, index) => {
    const result = quoteLine(line, index, context, promised);
    if ('detail' in result) violations.push(result);
    else lines.push(result);
  });
  if (violations.length > 0) {
    throw new EdgeError('invalid-order', summary(violations), { violations });
  }
  return { lines, totals: totalsOf(lines, context.dealer) };
}

function quoteLine(
  line: RequestedLine,
  index: number,
  context: QuoteContext,
  promised: Map<string, number>,
): OrderLine | Violation {
  const product = context.product(line.sku);
  if (product === undefined) {
    return {
      pointer: `/lines/${index}/sku`,
      code: 'unknown-sku',
      detail: `There is no product ${line.sku} here. Check the SKU or search for it.`,
    };
  }
  if (product.status !== 'active') {
    const instead = product.supersededBy === undefined ? '' : ` Order ${product.supersededBy} instead.`;
    return {
      pointer: `/lines/${index}/sku`,
      code: product.status === 'discontinued' ? 'discontinued-sku' : 'blocked-sku',
      detail: `${line.sku} is ${product.status}.${instead}`,
    };
  }
  const problem = checkQuantity(product.quantityRules, line.quantity);
  if (problem !== undefined) {
    return {
      pointer: `/lines/${index}/quantity`,
      code: 'quantity-rule',
      detail: `${line.sku}: ${problem.detail} Try ${problem.suggestion}.`,
    };
  }
  const price = priceInForce(context.prices(line.sku), context.dealer.priceListId, context.at);
  if (price === undefined) {
    return {
      pointer: `/lines/${index}/sku`,
      code: 'no-price',
      detail: `${line.sku} has no price in list ${context.dealer.priceListId} today. Ask the centre for one.`,
    };
  }
  if (price.currency !== context.dealer.currency) {
    return {
      pointer: `/lines/${index}/sku`,
      code: 'other-currency',
      detail: `${line.sku} is priced in ${price.currency}, but the dealer is billed in ${context.dealer.currency}. Ask the centre to correct the list.`,
    };
  }
  const pricing = priceLine(
    price,
    context.promotions,
    { sku: line.sku, category: product.category, quantity: line.quantity },
    context.at,
  );
  const already = promised.get(line.sku) ?? 0;
  const reserved = Math.min(line.quantity, Math.max(0, context.available(line.sku) - already));
  promised.set(line.sku, already + reserved);
  const { netMinor, discountMinor, ...linePrice } = pricing;
  return {
    lineNumber: index + 1,
    sku: line.sku,
    name: product.name,
    unit: product.unit,
    quantity: line.quantity,
    reserved,
    backordered: line.quantity - reserved,
    price: linePrice,
    netMinor,
    discountMinor,
  };
}

function totalsOf(lines: readonly OrderLine[], dealer: DealerProfile): OrderPlaced['totals'] {
  let netMinor = 0;
  let discountMinor = 0;
  for (const line of lines) {
    netMinor += line.netMinor;
    discountMinor += line.discountMinor;
  }
  const taxMinor = shareOf(netMinor, dealer.taxRateBasisPoints);
  return {
    netMinor,
    discountMinor,
    taxMinor,
    grossMinor: netMinor + taxMinor,
    taxRateBasisPoints: dealer.taxRateBasisPoints,
    taxVersion: dealer.taxVersion,
  };
}

/**
 * What differs between the prices a person saw and the quote, in words; empty when they agree.
 */
export function priceDifferences(seen: PriceSeen, quoted: Quote, currency: string): string[] {
  const differences: string[] = [];
  if (seen.currency !== currency) {
    differences.push(`Seen in ${seen.currency}, quoted in ${currency}.`);
    return differences;
  }
  // Two lines of one SKU may have two prices, so the first is compared with the first, and so on.
  const left = [...quoted.lines];
  for (const line of seen.lines ?? []) {
    const at = left.findIndex((candidate) => candidate.sku === line.sku);
    const now = at < 0 ? undefined : left.splice(at, 1)[0];
    if (now !== undefined && now.price.unitPriceMinor !== line.unitPriceMinor) {
      differences.push(
        `${line.sku}: seen at ${amount(line.unitPriceMinor)}, now ${amount(now.price.unitPriceMinor)} ${currency} each (price version ${now.price.priceVersion}).`,
      );
    }
  }
  if (seen.netMinor !== quoted.totals.netMinor) {
    differences.push(`Total: seen ${amount(seen.netMinor)}, now ${amount(quoted.totals.netMinor)} ${currency} net.`);
  }
  return differences;
}

/** Whether the quote is dearer than what was seen by more than the tolerance, or in another currency. */
export function exceedsTolerance(
  seen: PriceSeen,
  quoted: Quote,
  currency: string,
  toleranceBasisPoints: number,
): boolean {
  if (seen.currency !== currency) return true;
  return quoted.totals.netMinor > seen.netMinor + shareOf(Math.abs(seen.netMinor), toleranceBasisPoints);
}

function amount(minor: number): string {
  return (minor / 100).toFixed(2);
}

function summary(violations: readonly Violation[]): string {
  const first = violations[0];
  const more = violations.length - 1;
  return `${first?.detail ?? ''}${more > 0 ? ` And ${more} more, see violations.` : ''}`;
}
