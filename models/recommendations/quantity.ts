import { at, type BasketLog, basketItems } from './basket-log.ts';

/** Own purchases that count: what was bought long ago says little. */
const RECENT = 5;

/**
 * What to suggest ordering: the median of the customer's last quantities of the item; where the customer never had it, the
 * median of what others order at a time. In whole pieces, at least 1.
 */
export function typicalQuantity(log: BasketLog, customer: number, item: number): number {
  const own = quantitiesOf(log, customer, item).slice(-RECENT);
  if (own.length > 0) return wholePieces(median(own));
  const all: number[] = [];
  for (let other = 0; other < log.customers.length; other++) {
    for (const quantity of quantitiesOf(log, other, item)) all.push(quantity);
  }
  return all.length === 0 ? 1 : wholePieces(median(all));
}

function quantitiesOf(log: BasketLog, customer: number, item: number): number[] {
  const quantities: number[] = [];
  for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
    const place = basketItems(log, basket).indexOf(item);
    if (place >= 0) quantities.push(at(log.lineQuantity, at(log.lineStart, basket) + place));
  }
  return quantities;
}

/** Of an even count the lower of the two in the middle, which is a quantity that was ordered. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? 1;
}

function wholePieces(quantity: number): number {
  return Math.max(1, Math.round(quantity));
}
