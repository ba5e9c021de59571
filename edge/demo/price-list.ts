import type { PriceChanged } from '../../src/events/transactional/price.ts';
import { DAY_MS, HISTORY_DAYS, iso, utc } from './calendar.ts';
import type { CataloguePart } from './catalogue.ts';
import { createPrng, type Prng } from './prng.ts';
import { listPrice } from './product-spec.ts';

/** A price with the instant at which the centre made it known. */
export interface PublishedPrice {
  readonly publishedMs: number;
  readonly price: PriceChanged;
}

/** How long before they take effect prices are made known. */
const NOTICE_MS = 14 * DAY_MS;

/** Factor from, factor to, reason. */
const EXTRA_CHANGES: readonly [ExtraChange, ...ExtraChange[]] = [
  [1.02, 1.07, 'raw material surcharge'],
  [0.92, 0.98, 'new supplier contract'],
  [1.01, 1.03, 'freight costs'],
];

type ExtraChange = readonly [number, number, string];

/** The 1 October that lies well within the history: the day of the annual price review. */
export function reviewDay(nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear();
  const thisYear = utc(year, 10, 1);
  return thisYear <= nowMs - 30 * DAY_MS ? thisYear : utc(year - 1, 10, 1);
}

/** Every price of a part, in the order in which they take effect. */
export function pricesOf(part: CataloguePart, nowMs: number, seed: number): PublishedPrice[] {
  const prng = createPrng(seed, `price/${part.spec.sku}`);
  const startMs = nowMs - HISTORY_DAYS * DAY_MS;
  const goneMs =
    part.discontinuedAt === undefined ? Number.POSITIVE_INFINITY : startMs + part.discontinuedAt * (nowMs - startMs);
  const firstMs =
    part.introducedAt === undefined
      ? startMs - 6 * DAY_MS
      : Math.round(startMs + part.introducedAt * (nowMs - startMs));
  const steps: { effectiveMs: number; publishedMs: number; factor: number; reason: string }[] = [
    { effectiveMs: firstMs, publishedMs: firstMs, factor: 1, reason: 'list opened' },
  ];
  const reviewMs = reviewDay(nowMs);
  if (firstMs < reviewMs - 2 * NOTICE_MS) {
    steps.push({
      effectiveMs: reviewMs,
      publishedMs: reviewMs - NOTICE_MS,
      factor: prng.between(1.018, 1.046),
      reason: 'annual review',
    });
  }
  if (prng.chance(0.14)) {
    const effectiveMs = extraDay(prng, startMs, nowMs);
    const [from, to, reason] = prng.pick(EXTRA_CHANGES);
    const factor = prng.between(from, to);
    steps.push({ effectiveMs, publishedMs: effectiveMs - NOTICE_MS, factor, reason });
  }
  if (prng.chance(0.04)) {
    const effectiveMs = Math.ceil((nowMs + prng.int(5, 40) * DAY_MS) / DAY_MS) * DAY_MS;
    steps.push({
      effectiveMs,
      publishedMs: nowMs - prng.int(1, 4) * DAY_MS,
      factor: prng.between(1.015, 1.04),
      reason: 'announced change',
    });
  }
  const tiers = tiersFor(part, prng);
  let euros = (part.spec.priceMinor / 100) * prng.between(0.97, 1.03);
  const known: PublishedPrice[] = [];
  for (const step of steps
    .filter((one) => one.publishedMs >= firstMs && one.publishedMs < goneMs)
    .sort((a, b) => a.effectiveMs - b.effectiveMs)) {
    euros *= step.factor;
    const list = listPrice(euros);
    known.push({
      publishedMs: step.publishedMs,
      price: {
        sku: part.spec.sku,
        priceListId: 'EU-2026',
        currency: 'EUR',
        unit: part.spec.unit,
        listUnitPriceMinor: list,
        tiers: tierPrices(tiers, list),
        effectiveFrom: iso(step.effectiveMs),
        reason: step.reason,
        version: known.length + 1,
      },
    });
  }
  return known;
}

function extraDay(prng: Prng, startMs: number, nowMs: number): number {
  return Math.floor((startMs + prng.between(0.08, 0.92) * (nowMs - startMs)) / DAY_MS) * DAY_MS;
}

/** Two or three steps for what is bought in numbers; the first one is within reach of an ordinary order. */
function tiersFor(part: CataloguePart, prng: Prng): { minimum: number; share: number }[] {
  const { rules, usual, priceMinor } = part.spec;
  const likely = rules.increment > 1 ? 0.75 : usual > 1 ? 0.6 : priceMinor < 5_000 ? 0.3 : 0.08;
  if (!prng.chance(likely)) return [];
  const step = Math.max(rules.increment, usual);
  const minimums = [step * 2, step * 5, step * 10].slice(0, prng.int(2, 3));
  let share = 1;
  return minimums
    .filter((minimum) => minimum <= (rules.maximum ?? Number.POSITIVE_INFINITY))
    .map((minimum) => {
      share -= prng.between(0.03, 0.07);
      return { minimum, share };
    });
}

/** The steps of a list price; cents leave no room for some of them. */
function tierPrices(tiers: readonly { minimum: number; share: number }[], list: number): PriceChanged['tiers'] {
  const priced: PriceChanged['tiers'] = [];
  for (const { minimum, share } of tiers) {
    const unitPriceMinor = Math.max(1, Math.round(list * share));
    if (unitPriceMinor < (priced.at(-1)?.unitPriceMinor ?? list)) priced.push({ minimum, unitPriceMinor });
  }
  return priced;
}
