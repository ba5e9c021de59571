import { at, type BasketLog, basketItems } from '../basket-log.ts';
import type { FittedMethod, Method } from '../method.ts';

/**
 * How likely an item that the customer had before is in the next basket, given how often it was bought, how many baskets
 * ago, and how far its usual interval is over. The likelihoods are counted over all baskets of the log (a discrete-time
 * hazard, as in survival analysis); an item that is bought again more or less than others in the same state has a factor.
 */
export function purchaseInterval(): Method {
  return { name: 'purchase-interval', fit: fitPurchaseInterval };
}

/** Bought 1, 2, 3, 4–5, 6–9 or more times. */
const TIMES_BOUNDS = [2, 3, 4, 6, 10];
/** Baskets since: 0, 1, 2, 3, 4–5, 6–9 or more in between. */
const SKIPPED_BOUNDS = [1, 2, 3, 4, 6, 10];
/** Time since the last purchase over the usual interval. */
const DUE_BOUNDS = [0.4, 0.7, 1, 1.4, 2, 3, 5];
const CELLS = (TIMES_BOUNDS.length + 1) * (SKIPPED_BOUNDS.length + 1) * (DUE_BOUNDS.length + 2);
/** Observations that a cell's parent (all due ratios) counts for, and expected repeats that a factor of 1 counts for. */
const CELL_PRIOR = 20;
const ITEM_PRIOR = 3;

interface ItemState {
  times: number;
  first: number;
  last: number;
  lastBasket: number;
}

function fitPurchaseInterval(log: BasketLog): FittedMethod {
  const seen = new Float64Array(CELLS);
  const repeated = new Float64Array(CELLS);
  const visit = (observe: (item: number, cell: number, again: boolean) => void) => {
    for (let customer = 0; customer < log.customers.length; customer++) {
      const states = new Map<number, ItemState>();
      for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
        const items = new Set(basketItems(log, basket));
        for (const [item, state] of states) {
          observe(item, cellOf(state, basket, at(log.times, basket)), items.has(item));
        }
        for (const item of items) advance(states, item, basket, at(log.times, basket));
      }
    }
  };
  visit((_item, cell, again) => {
    seen[cell] = at(seen, cell) + 1;
    if (again) repeated[cell] = at(repeated, cell) + 1;
  });
  const hazard = smoothed(seen, repeated);
  const expected = new Float64Array(log.items.length);
  const actual = new Float64Array(log.items.length);
  visit((item, cell, again) => {
    expected[item] = at(expected, item) + at(hazard, cell);
    if (again) actual[item] = at(actual, item) + 1;
  });
  return {
    name: 'purchase-interval',
    score(customer, time) {
      const end = at(log.basketEnd, customer);
      const states = statesOf(log, customer);
      const items = Int32Array.from(states.keys());
      const scores = new Float64Array(items.length);
      let place = 0;
      for (const [item, state] of states) {
        const factor = (at(actual, item) + ITEM_PRIOR) / (at(expected, item) + ITEM_PRIOR);
        scores[place++] = Math.min(1, at(hazard, cellOf(state, end, time)) * factor);
      }
      return { items, scores };
    },
    explain(customer, item, time) {
      const state = statesOf(log, customer).get(item);
      if (state === undefined || state.times < 2 || state.last === state.first) return undefined;
      const every = (state.last - state.first) / (state.times - 1);
      return { kind: 'interval', every, since: Math.max(0, time - state.last), times: state.times };
    },
  };
}

function statesOf(log: BasketLog, customer: number): Map<number, ItemState> {
  const states = new Map<number, ItemState>();
  for (let basket = at(log.basketStart, customer); basket < at(log.basketEnd, customer); basket++) {
    for (const item of basketItems(log, basket)) advance(states, item, basket, at(log.times, basket));
  }
  return states;
}

function advance(states: Map<number, ItemState>, item: number, basket: number, time: number): void {
  const state = states.get(item);
  if (state === undefined) states.set(item, { times: 1, first: time, last: time, lastBasket: basket });
  else {
    state.times++;
    state.last = time;
    state.lastBasket = basket;
  }
}

function cellOf(state: ItemState, basket: number, time: number): number {
  const times = bucket(TIMES_BOUNDS, state.times);
  const skipped = bucket(SKIPPED_BOUNDS, basket - state.lastBasket - 1);
  const span = state.last - state.first;
  // Without an interval, a place of its own.
  const due = span > 0 ? 1 + bucket(DUE_BOUNDS, ((time - state.last) * (state.times - 1)) / span) : 0;
  return (times * (SKIPPED_BOUNDS.length + 1) + skipped) * (DUE_BOUNDS.length + 2) + due;
}

function bucket(bounds: readonly number[], value: number): number {
  let place = 0;
  while (place < bounds.length && value >= (bounds[place] as number)) place++;
  return place;
}

/** Each cell's share of repeats, drawn to that of its parent, the same state whatever the due ratio. */
function smoothed(seen: Float64Array, repeated: Float64Array): Float64Array {
  const width = DUE_BOUNDS.length + 2;
  const hazard = new Float64Array(CELLS);
  for (let start = 0; start < CELLS; start += width) {
    let all = 0;
    let again = 0;
    for (let cell = start; cell < start + width; cell++) {
      all += at(seen, cell);
      again += at(repeated, cell);
    }
    // A state that was never seen repeats in 1 of 20.
    const parent = (again + 1) / (all + 20);
    for (let cell = start; cell < start + width; cell++) {
      hazard[cell] = (at(repeated, cell) + CELL_PRIOR * parent) / (at(seen, cell) + CELL_PRIOR);
    }
  }
  return hazard;
}
