import { promotionApplies } from '../../src/domain/pricing/pricing.ts';
import { nearestQuantity } from '../../src/domain/pricing/quantity-rules.ts';
import type { PromotionActivated } from '../../src/events/transactional/promotion.ts';
import { DAY_MS, dayWeight, type Month, monthsBetween, SEASONS, startOfDay } from './calendar.ts';
import type { CataloguePart } from './catalogue.ts';
import { machines } from './machines.ts';
import type { Prng } from './prng.ts';

/** A line that somebody will order. */
export interface Wish {
  readonly part: CataloguePart;
  readonly quantity: number;
}

/** What is wanted, by day (midnight UTC): parts on their own, and jobs whose parts belong into one order. */
export interface Demand {
  readonly singles: ReadonlyMap<number, Wish[]>;
  readonly jobs: ReadonlyMap<number, Wish[][]>;
}

export interface DemandOptions {
  readonly parts: readonly CataloguePart[];
  readonly promotions: readonly PromotionActivated[];
  readonly startMs: number;
  readonly nowMs: number;
  readonly prng: Prng;
}

/** Lines of single parts that the whole history is to have. */
const SINGLE_LINES = 13_800;
/** Services of one machine series in an average month, for a series with share 1. */
const SERVICES_PER_MONTH = 8;
/** How much more is ordered under a promotion. */
const PROMOTION_LIFT = 1.9;

interface Profile {
  readonly part: CataloguePart;
  /** Lines in an average month, before scaling. */
  readonly rate: number;
  readonly lumpy: boolean;
  /** Change over the history: 0 is none, 1 from nothing to twice, -1 the other way round. */
  readonly trend: number;
}

/**
 * Draws the demand. Lines arrive as a Poisson process whose rate follows season, trend and promotions, so slow parts
 * come out intermittent (no demand in most months); lumpy parts come seldom and in very different quantities.
 */
export function drawDemand(options: DemandOptions): Demand {
  const { prng, startMs, nowMs } = options;
  const months = monthsBetween(startMs, nowMs);
  const profiles = options.parts.map((part) => profileOf(part, prng));
  const scale = SINGLE_LINES / (18 * profiles.reduce((sum, profile) => sum + profile.rate, 0));
  const singles = new Map<number, Wish[]>();
  for (const profile of profiles) {
    for (const month of months) {
      const rate = profile.rate * scale * factorAt(profile, month, options);
      for (let left = prng.poisson(rate); left > 0; left--) {
        const day = drawDay(month, prng);
        if (day === undefined || !soldOn(profile.part, day, options)) continue;
        append(singles, day, { part: profile.part, quantity: drawQuantity(profile, day, options) });
      }
    }
  }
  return { singles, jobs: drawJobs(options, months) };
}

function profileOf(part: CataloguePart, prng: Prng): Profile {
  const draw = prng.next();
  const lumpy = draw < 0.13;
  const trend = draw > 0.9 ? prng.between(0.5, 0.9) : draw > 0.8 ? -prng.between(0.5, 0.9) : 0;
  return { part, rate: part.spec.pull * prng.logNormal(0.85) * (lumpy ? 0.4 : 1), lumpy, trend };
}

function factorAt(profile: Profile, month: Month, options: DemandOptions): number {
  const season = SEASONS[profile.part.spec.season][month.month] ?? 1;
  const elapsed = (month.fromMs - options.startMs) / (options.nowMs - options.startMs);
  const middle = month.fromMs + (month.toMs - month.fromMs) / 2;
  const lift = promotionAt(profile.part, middle, options) === undefined ? 1 : PROMOTION_LIFT;
  return month.share * season * (1 + profile.trend * (2 * elapsed - 1)) * lift;
}

function promotionAt(part: CataloguePart, ms: number, options: DemandOptions): PromotionActivated | undefined {
  const target = { sku: part.spec.sku, category: part.spec.category, quantity: 1_000_000 };
  const at = new Date(ms).toISOString();
  return options.promotions.find((promotion) => promotionApplies(promotion, target, at));
}

/** A working day of the month; busy days more often. */
function drawDay(month: Month, prng: Prng): number | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const day = startOfDay(prng.between(month.fromMs, month.toMs));
    if (prng.chance(dayWeight(day))) return day;
  }
  return undefined;
}

function soldOn(part: CataloguePart, day: number, options: DemandOptions): boolean {
  // A day's margin keeps orders of the day of the change on the safe side.
  const share = (ms: number) => (ms - options.startMs) / (options.nowMs - options.startMs);
  if (part.introducedAt !== undefined && share(day - DAY_MS) < part.introducedAt) return false;
  return part.discontinuedAt === undefined || share(day + 2 * DAY_MS) < part.discontinuedAt;
}

function drawQuantity(profile: Profile, day: number, options: DemandOptions): number {
  const { spec } = profile.part;
  const spread = profile.lumpy ? options.prng.logNormal(1.1) * 2 : options.prng.logNormal(0.45);
  let wanted = Math.max(1, Math.round(spec.usual * spread));
  const promotion = promotionAt(profile.part, day, options);
  // Most people take the quantity that earns the discount.
  if (promotion !== undefined && options.prng.chance(0.7)) wanted = Math.max(wanted, promotion.minimumQuantity);
  return nearestQuantity(spec.rules, wanted);
}

/** Number of the part without its series, how often a service needs it, and how many. */
const SERVICE_PARTS = [
  ['10-A', 0.95, 1],
  ['20-A', 0.85, 1],
  ['22-A', 0.35, 1],
  ['30-A', 0.6, 1],
  ['40-A', 0.35, 1],
  ['50-A', 0.2, 1],
] as const;

/** Parts that a service takes whatever the series. */
const SERVICE_EXTRAS = [
  ['LUB-1540-020', 0.55, 1],
  ['LUB-GREP2-04', 0.35, 12],
  ['SEA-7603-14', 0.45, 50],
] as const;

/** Services: the filters of one machine with its oil, in one order, mostly before the season. */
function drawJobs(options: DemandOptions, months: readonly Month[]): Map<number, Wish[][]> {
  const { prng } = options;
  const bySku = new Map(options.parts.map((part) => [part.spec.sku, part]));
  const jobs = new Map<number, Wish[][]>();
  for (const machine of machines) {
    for (const month of months) {
      const season = SEASONS.harvest[month.month] ?? 1;
      for (let left = prng.poisson(SERVICES_PER_MONTH * machine.share * season * month.share); left > 0; left--) {
        const day = drawDay(month, prng);
        if (day === undefined) continue;
        const wanted: (readonly [string, number, number])[] = [
          ...SERVICE_PARTS.map(([number, chance, count]) => [`FIL-${machine.code}${number}`, chance, count] as const),
          ...SERVICE_EXTRAS,
        ];
        const job: Wish[] = [];
        for (const [sku, chance, count] of wanted) {
          const part = bySku.get(sku);
          if (part === undefined || !prng.chance(chance) || !soldOn(part, day, options)) continue;
          job.push({ part, quantity: nearestQuantity(part.spec.rules, count) });
        }
        if (job.length > 0) append(jobs, day, job);
      }
    }
  }
  return jobs;
}

function append<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
