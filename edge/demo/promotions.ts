import type { PromotionActivated } from '../../src/events/transactional/promotion.ts';
import { DAY_MS, HISTORY_DAYS, iso, startOfDay, utc } from './calendar.ts';

/** Name, description, categories, discount, minimum quantity, first and last day as [month, day]. */
const SEASONAL = [
  [
    'HARVEST',
    'Harvest readiness',
    'Belts and filters before the season',
    ['Belts', 'Filters'],
    800,
    2,
    [6, 1],
    [7, 15],
  ],
  [
    'WINTER',
    'Winter service',
    'Batteries, antifreeze and glow plugs before the frost',
    ['Batteries', 'Coolants', 'Glow plugs'],
    1000,
    1,
    [10, 20],
    [11, 30],
  ],
  [
    'SPRING',
    'Into the soil',
    'Shares, points, tines and discs for spring tillage',
    ['Tillage'],
    700,
    4,
    [2, 10],
    [3, 20],
  ],
  ['MOWING', 'First cut', 'Mower blades and mower bolts', ['Mowing'], 900, 10, [4, 20], [5, 20]],
] as const;

/**
 * Seven or eight promotions: seasonal ones of the past, one that runs now and one to come.
 */
export function demoPromotions(nowMs: number): PromotionActivated[] {
  const startMs = nowMs - HISTORY_DAYS * DAY_MS;
  const today = startOfDay(nowMs);
  const promotions: PromotionActivated[] = [];
  const thisYear = new Date(nowMs).getUTCFullYear();
  for (const year of [thisYear - 2, thisYear - 1, thisYear]) {
    for (const [code, name, description, categories, discountBasisPoints, minimumQuantity, from, to] of SEASONAL) {
      const activeFrom = utc(year, from[0], from[1]);
      const activeTo = utc(year, to[0], to[1] + 1) - 1000;
      if (activeFrom < startMs + 10 * DAY_MS || activeTo >= today) continue;
      promotions.push({
        promotionId: `PROMO-${code}-${String(year).slice(2)}`,
        name: `${name} ${year}`,
        description,
        discountBasisPoints,
        skus: [],
        categories: [...categories],
        minimumQuantity,
        activeFrom: iso(activeFrom),
        activeTo: iso(activeTo),
        version: 1,
      });
    }
  }
  const recent = promotions.sort((a, b) => a.activeFrom.localeCompare(b.activeFrom)).slice(-6);
  const fixed = (
    id: string,
    name: string,
    description: string,
    categories: string[],
    discount: number,
    minimum: number,
    from: number,
    days: number,
  ) =>
    recent.push({
      promotionId: `PROMO-${id}`,
      name,
      description,
      discountBasisPoints: discount,
      skus: [],
      categories,
      minimumQuantity: minimum,
      activeFrom: iso(today + from * DAY_MS),
      activeTo: iso(today + (from + days) * DAY_MS - 1000),
      version: 1,
    });
  fixed(
    'HOSE-WEEKS',
    'Hose weeks',
    'Hydraulic hoses and couplings at a reduced price',
    ['Hoses', 'Quick couplings'],
    600,
    2,
    -12,
    28,
  );
  fixed('BEARING-DAYS', 'Bearing days', 'Ball and roller bearings from four pieces', ['Bearings'], 1000, 4, 18, 21);
  return recent;
}
