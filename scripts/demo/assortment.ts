import { definitionOf, type EventData, type EventType } from '../../src/events/catalog.ts';
import type { Fact } from './centre.ts';

const PRICE_LIST = 'EU-2026';
const BRAND = 'Terrafirm';

/** Name, category and price in cents of what can be ordered in the demo. */
const PARTS: Readonly<Record<string, readonly [name: string, category: string, priceMinor: number]>> = {
  'HYD-2210-08': ['Hydraulic hose 2SN DN 08, 2210 mm', 'Hydraulics', 4890],
  'HYD-1400-12': ['Hydraulic hose 2SN DN 12, 1400 mm', 'Hydraulics', 5630],
  'HYD-CPL-M18': ['Quick coupling, male, M18×1.5', 'Hydraulics', 2180],
  'FLT-OIL-110': ['Engine oil filter 110 mm', 'Filters', 1495],
  'FLT-AIR-340': ['Air filter insert 340 mm', 'Filters', 3870],
  'FLT-CAB-220': ['Cab filter with activated carbon', 'Filters', 4215],
  'BLT-V-1250': ['V-belt, 1250 mm', 'Drive', 1790],
  'BRG-6205-2RS': ['Ball bearing 6205-2RS', 'Drive', 985],
  'KNF-MOW-112': ['Mower blade, 112 mm, right', 'Mowing', 295],
  'KNF-BLT-M12': ['Blade bolt M12 with nut', 'Mowing', 140],
  'ELC-LMP-LED': ['LED work lamp, 3500 lm', 'Electrics', 6450],
  'ELC-BAT-100': ['Starter battery 12 V, 100 Ah', 'Electrics', 13_900],
};

/** Everything that can be ordered. */
export const SKUS: readonly string[] = Object.keys(PARTS);

/** The dealers of the demo, by name and place. */
export const DEALERS: Readonly<Record<'D042' | 'D017', { readonly name: string; readonly city: string }>> = {
  D042: { name: 'Hallertau Landtechnik', city: 'Wolnzach' },
  D017: { name: 'Landmaschinen Börde', city: 'Wanzleben' },
};

/** What a dealer has to know to sell: its own profile, products, and prices that are in force. */
export function assortment(): readonly Fact[] {
  const profiles = Object.entries(DEALERS).map(([dealerId, { name, city }]): Fact => {
    const profile = example('dealer.created');
    const data = { ...profile, dealerId, name, legalName: `${name} GmbH`, address: { ...profile.address, city } };
    return { type: 'dealer.created', service: 'dealer-service', dealerId, data };
  });
  const products = Object.entries(PARTS).map(([sku, [name, category, _price]]): Fact => {
    const quantityRules = { minimum: 1, increment: 1 };
    const data: EventData<'product.updated'> = {
      ...{ sku, name, description: name, category: [category], brand: BRAND, unit: 'EA', quantityRules },
      ...{ status: 'active', version: 1 },
    };
    return { type: 'product.updated', service: 'product-service', data };
  });
  const prices = Object.entries(PARTS).map(([sku, [_name, _category, listUnitPriceMinor]]): Fact => {
    const data: EventData<'price.changed'> = {
      ...{ sku, priceListId: PRICE_LIST, currency: 'EUR', unit: 'EA', listUnitPriceMinor, tiers: [] },
      ...{ effectiveFrom: '2026-01-01T00:00:00.000Z', version: 1 },
    };
    return { type: 'price.changed', service: 'pricing-service', data };
  });
  return [...profiles, ...products, ...prices];
}

function example<Type extends EventType>(type: Type): EventData<Type> {
  return definitionOf(type)?.example as EventData<Type>;
}
