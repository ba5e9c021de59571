import type { ProductSnapshot } from '../../src/events/transactional/product.ts';
import { machines } from './machines.ts';
import { bearings } from './parts-bearings.ts';
import { cab } from './parts-cab.ts';
import { belts, driveline } from './parts-driveline.ts';
import { electrical } from './parts-electrical.ts';
import { engineParts, filters } from './parts-engine.ts';
import { fasteners } from './parts-fasteners.ts';
import { lubricants } from './parts-fluids.ts';
import { groundEngaging, tyres } from './parts-ground.ts';
import { hydraulics } from './parts-hydraulics.ts';
import { seals } from './parts-seals.ts';
import { workshop } from './parts-workshop.ts';
import { createPrng, type Prng } from './prng.ts';
import { type ProductSpec, padded } from './product-spec.ts';

/** The invented manufacturer of the demo. */
export const BRAND = 'Terrafirm';

const families = [
  hydraulics,
  filters,
  belts,
  bearings,
  seals,
  engineParts,
  electrical,
  driveline,
  groundEngaging,
  tyres,
  cab,
  lubricants,
  fasteners,
  workshop,
] as const;

/** GS1 prefix block of the demo numbers; GS1 keeps 952 for demonstrations (https://www.gs1.org/standards/id-keys/company-prefix). */
const GTIN_PREFIX = '9520042';

/** A part of the demo catalogue with its life: when it came and went, and what it replaces. */
export interface CataloguePart {
  readonly spec: ProductSpec;
  readonly snapshot: ProductSnapshot;
  /** 0–1 of the history's length; absent for parts that are sold throughout. */
  readonly introducedAt?: number;
  readonly discontinuedAt?: number;
  readonly supersededBy?: string;
}

/** The whole catalogue. SKUs of current parts are the same for every seed; who replaced what, and lead times, are drawn. */
export function buildCatalogue(seed: number): CataloguePart[] {
  const prng = createPrng(seed, 'catalogue');
  const specs = new Map<string, ProductSpec>();
  for (const family of families) {
    for (const part of family()) {
      if (specs.has(part.sku)) throw new Error(`The catalogue lists ${part.sku} twice.`);
      specs.set(part.sku, part);
    }
  }
  const changes = replacements(specs, prng);
  const byOld = new Map(changes.map((change) => [change.old.sku, change]));
  const byNew = new Map(changes.map((change) => [change.successor, change]));
  for (const { old } of changes) specs.set(old.sku, old);
  return [...specs.values()].map((spec, index) => {
    const gone = byOld.get(spec.sku);
    const came = byNew.get(spec.sku);
    return {
      spec,
      snapshot: snapshotOf(spec, index, prng, came?.old.sku),
      ...(gone === undefined ? {} : { discontinuedAt: gone.at, supersededBy: gone.successor }),
      // The successor is announced a little before the old part goes.
      ...(came === undefined ? {} : { introducedAt: came.at - 0.01 }),
    };
  });
}

/** GTIN-13 with its check digit (GS1 General Specifications, 7.9). */
export function gtin13(first12: string): string {
  let sum = 0;
  for (const [index, digit] of [...first12].entries()) sum += Number(digit) * (index % 2 === 0 ? 1 : 3);
  return `${first12}${(10 - (sum % 10)) % 10}`;
}

function snapshotOf(spec: ProductSpec, index: number, prng: Prng, supersedes: string | undefined): ProductSnapshot {
  const fits = machines.find((machine) => machine.code === spec.series);
  return {
    sku: spec.sku,
    name: spec.name,
    description: spec.description,
    category: [...spec.category],
    brand: BRAND,
    unit: spec.unit,
    quantityRules: spec.rules,
    status: 'active',
    ...(supersedes === undefined ? {} : { supersedes: [supersedes] }),
    gtin: gtin13(`${GTIN_PREFIX}${String(index * 7 + 1_003).padStart(5, '0')}`),
    weightGrams: spec.weightGrams,
    leadTimeDays: leadTime(spec, prng) + (fits !== undefined && fits.share < 0.2 ? 3 : 0),
    attributes: { ...spec.attributes },
    version: 1,
  };
}

/** Small parts lie in the regional store; big and dear ones come from the works. */
function leadTime(spec: ProductSpec, prng: Prng): number {
  if (spec.priceMinor > 60_000) return prng.int(8, 21);
  if (spec.weightGrams > 20_000) return prng.int(5, 12);
  return prng.chance(0.12) ? prng.int(6, 14) : prng.int(1, 4);
}

interface Replacement {
  readonly old: ProductSpec;
  readonly successor: string;
  readonly at: number;
}

/** About 3 % of the parts have followed an earlier version, whose number ends one lower, during the history. */
function replacements(specs: ReadonlyMap<string, ProductSpec>, prng: Prng): Replacement[] {
  const wanted = Math.round(specs.size * 0.032);
  const candidates = prng.shuffle([...specs.values()].filter((spec) => spec.series !== undefined));
  const hose = specs.get('HYD-2210-08');
  if (hose !== undefined) candidates.unshift(hose);
  const changes: Replacement[] = [];
  for (const spec of candidates) {
    if (changes.length >= wanted) break;
    const sku = numberBefore(spec.sku);
    if (sku === undefined || specs.has(sku) || changes.some((change) => change.old.sku === sku)) continue;
    const length =
      spec === hose
        ? { name: spec.name.replace('2210', '2209'), attributes: { ...spec.attributes, 'length': '2209 mm' } }
        : {};
    const description = `Earlier version, replaced by ${spec.sku}. ${spec.description}`;
    const old = { ...spec, ...length, sku, description, priceMinor: Math.round(spec.priceMinor * 0.97) };
    changes.push({ old, successor: spec.sku, at: prng.between(0.1, 0.95) });
  }
  return changes;
}

/** `FIL-0510-A` → `FIL-0509-A`: the first group of digits, one lower. */
function numberBefore(sku: string): string | undefined {
  const digits = /\d+/.exec(sku);
  if (digits === null || Number(digits[0]) === 0) return undefined;
  const lower = padded(Number(digits[0]) - 1, digits[0].length);
  return sku.slice(0, digits.index) + lower + sku.slice(digits.index + digits[0].length);
}
