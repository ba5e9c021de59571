/** One article of a basket. */
export interface BasketLine {
  readonly item: string;
  /** Pieces; 1 where it is not known. */
  readonly quantity?: number;
}

/** One order of a customer. */
export interface Basket {
  /** When, in days since any fixed day; all baskets of a log have it, or none. */
  readonly day?: number;
  readonly lines: readonly BasketLine[];
}

/** The baskets of one customer, oldest first. */
export interface CustomerHistory {
  readonly customer: string;
  readonly baskets: readonly Basket[];
}

/**
 * Histories of all customers as flat arrays: customers own a range of baskets, baskets own a range of lines,
 * items are numbers. An item is in a basket once; its quantities are summed. Returns (quantities that are not above zero) and empty
 * baskets are left out.
 */
export interface BasketLog {
  readonly items: readonly string[];
  readonly customers: readonly string[];
  /** What `times` counts: days, or each customer's own baskets (0, 1, 2…) where the days are not known. */
  readonly unit: 'days' | 'baskets';
  /** Customer c has the baskets from `basketStart[c]` to before `basketEnd[c]`. */
  readonly basketStart: Int32Array;
  readonly basketEnd: Int32Array;
  readonly times: Float64Array;
  readonly lineStart: Int32Array;
  readonly lineItem: Int32Array;
  readonly lineQuantity: Float64Array;
}

/** Turns histories into a log. A day that runs backwards or is missing in some baskets makes the unit baskets. */
export function createBasketLog(histories: readonly CustomerHistory[]): BasketLog {
  const itemNumbers = new Map<string, number>();
  const items: string[] = [];
  const basketStart = new Int32Array(histories.length);
  const basketEnd = new Int32Array(histories.length);
  const lineStart: number[] = [0];
  const lineItem: number[] = [];
  const lineQuantity: number[] = [];
  const days: number[] = [];
  const positions: number[] = [];
  let daysKnown = true;
  histories.forEach(({ baskets }, customer) => {
    basketStart[customer] = positions.length;
    let position = 0;
    let lastDay = Number.NEGATIVE_INFINITY;
    for (const { day, lines } of baskets) {
      const inBasket = new Map<number, number>();
      for (const { item, quantity = 1 } of lines) {
        if (!(quantity > 0 && quantity < Number.POSITIVE_INFINITY)) continue;
        let number = itemNumbers.get(item);
        if (number === undefined) {
          number = items.length;
          itemNumbers.set(item, number);
          items.push(item);
        }
        inBasket.set(number, (inBasket.get(number) ?? 0) + quantity);
      }
      if (inBasket.size === 0) continue;
      for (const [item, quantity] of inBasket) {
        lineItem.push(item);
        lineQuantity.push(quantity);
      }
      lineStart.push(lineItem.length);
      positions.push(position++);
      if (day === undefined || !Number.isFinite(day) || day < lastDay) daysKnown = false;
      else lastDay = day;
      days.push(day ?? Number.NaN);
    }
    basketEnd[customer] = positions.length;
  });
  return {
    items,
    customers: histories.map(({ customer }) => customer),
    unit: daysKnown && days.length > 0 ? 'days' : 'baskets',
    basketStart,
    basketEnd,
    times: Float64Array.from(daysKnown ? days : positions),
    lineStart: Int32Array.from(lineStart),
    lineItem: Int32Array.from(lineItem),
    lineQuantity: Float64Array.from(lineQuantity),
  };
}

/** The same log without each customer's last basket (customers with one basket keep none). No copy is made. */
export function withoutLastBaskets(log: BasketLog): BasketLog {
  return { ...log, basketEnd: log.basketEnd.map((end, customer) => Math.max(at(log.basketStart, customer), end - 1)) };
}

/** The element of an array whose index is known to be inside. */
export function at(array: Int32Array | Float64Array | Float32Array, index: number): number {
  return array[index] as number;
}

/** How many baskets a customer has. */
export function basketCount(log: BasketLog, customer: number): number {
  return at(log.basketEnd, customer) - at(log.basketStart, customer);
}

/** The items of one basket of the log (by its number in the whole log). */
export function basketItems(log: BasketLog, basket: number): Int32Array {
  return log.lineItem.subarray(at(log.lineStart, basket), at(log.lineStart, basket + 1));
}

/** The customer's next time where nobody says it: the next basket, or the day of the last one plus a usual pause. */
export function nextTime(log: BasketLog, customer: number): number {
  const start = at(log.basketStart, customer);
  const end = at(log.basketEnd, customer);
  if (end === start) return 0;
  const last = at(log.times, end - 1);
  if (log.unit === 'baskets') return last + 1;
  return end - start < 2 ? last : last + (last - at(log.times, start)) / (end - start - 1);
}
