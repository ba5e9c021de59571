import { EdgeError } from '../../src/core/errors.ts';
import { normalQuantile } from './negative-binomial.ts';

/** What a stock is steered by. Times are in periods of the forecast and may be fractions. */
export interface ReplenishmentPolicy {
  /** From placing an order to having the goods. */
  readonly leadTime: number;
  /** From one look at the stock to the next (periodic review); 0 when it is watched all the time. */
  readonly reviewPeriod: number;
  /** Chance of no shortage within a cycle, above 0.5 and below 1. */
  readonly serviceLevel: number;
}

export interface Replenishment {
  /** Order when stock on hand and on order is at or below this. */
  readonly reorderPoint: number;
  /** Order as much as brings stock on hand and on order up to this. */
  readonly orderUpTo: number;
  /** The part of the order-up-to level above the expected demand. */
  readonly safetyStock: number;
}

/** A forecast as it is needed here: expected values and quantiles by level, a value for each period ahead. */
export interface DemandForecast {
  readonly mean: readonly number[];
  readonly quantiles: ReadonlyMap<number, readonly number[]>;
}

/**
 * Reorder point and order-up-to level (Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains,
 * chapter 6): the demand that is not exceeded, at the service level, until the next order arrives. The reorder point
 * covers the lead time, the order-up-to level the lead time and a review period. The demand of several periods has the
 * sum of their means; their distances to the quantile add as those of independent errors do. Whole units, rounded up.
 * The last period ahead stands for those behind it.
 * @throws {EdgeError} `invalid-request` for a negative time, a service level that is none, or an empty forecast.
 */
export function replenishment(forecast: DemandForecast, policy: ReplenishmentPolicy): Replenishment {
  const { leadTime, reviewPeriod, serviceLevel } = policy;
  const given = `lead time ${leadTime}, review period ${reviewPeriod}, service level ${serviceLevel}`;
  if (!(leadTime >= 0 && reviewPeriod >= 0 && Number.isFinite(leadTime + reviewPeriod))) {
    throw new EdgeError('invalid-request', `Lead time and review period are numbers of periods from 0 (${given}).`);
  }
  if (!(serviceLevel > 0.5 && serviceLevel < 1)) {
    throw new EdgeError('invalid-request', `The service level lies above 0.5 and below 1 (${given}).`);
  }
  const levels = [...forecast.quantiles.keys()].sort((a, b) => a - b);
  if (forecast.mean.length === 0 || levels.length === 0) {
    throw new EdgeError('invalid-request', 'The forecast has no period or no quantile. Forecast at least one period.');
  }
  const reach = (periods: number) => {
    let mean = 0;
    let squares = 0;
    for (let step = 0; step < periods; step += 1) {
      const share = Math.min(1, periods - step);
      const place = Math.min(step, forecast.mean.length - 1);
      const expected = forecast.mean[place] ?? 0;
      const distance = Math.max(0, quantileAt(forecast.quantiles, levels, serviceLevel, place, expected) - expected);
      mean += share * expected;
      squares += share * distance * distance;
    }
    return { mean, safety: Math.sqrt(squares) };
  };
  const untilArrival = reach(leadTime);
  const untilNext = reach(leadTime + reviewPeriod);
  const orderUpTo = wholeUp(untilNext.mean + untilNext.safety);
  return {
    reorderPoint: wholeUp(untilArrival.mean + untilArrival.safety),
    orderUpTo,
    safetyStock: Math.max(0, orderUpTo - untilNext.mean),
  };
}

/** Between levels the line; beyond the last one, its distance to the mean grows as that of a normal distribution. */
function quantileAt(
  quantiles: DemandForecast['quantiles'],
  levels: readonly number[],
  wanted: number,
  place: number,
  mean: number,
): number {
  const at = (level: number) => quantiles.get(level)?.[place] ?? 0;
  let lower: number | undefined;
  for (const level of levels) {
    if (level === wanted) return at(level);
    if (level > wanted) {
      if (lower === undefined) return at(level);
      return at(lower) + ((at(level) - at(lower)) * (wanted - lower)) / (level - lower);
    }
    lower = level;
  }
  const last = lower ?? 0.5;
  if (last <= 0.5) return at(last);
  return mean + ((at(last) - mean) * normalQuantile(wanted)) / normalQuantile(last);
}

/** Rounded up to whole units; a sum such as 3.0000000000000004 is 3. */
function wholeUp(value: number): number {
  return Math.max(0, Math.ceil(value - 1e-9));
}
