import type { QuantityRules } from '../../src/events/transactional/product.ts';

/** When in the year a part is wanted. */
export type Season = 'even' | 'harvest' | 'spring' | 'mowing' | 'winter';

/** A line of the demo manufacturer's catalogue, before it gets a number, a price list and a history. */
export interface ProductSpec {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** From the broadest to the narrowest. */
  readonly category: readonly [string, string, string];
  /** UN/ECE Rec 20; packages as Rec 21 with the prefix X, such as XCA for a can. */
  readonly unit: string;
  readonly rules: QuantityRules;
  readonly weightGrams: number;
  /** The list price at the start, in cents. */
  readonly priceMinor: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly season: Season;
  /** How much the part is wanted compared with an average one. */
  readonly pull: number;
  /** The quantity of an ordinary order line. */
  readonly usual: number;
  /** Machine series that the part belongs to; parts of one series are often ordered together. */
  readonly series?: string;
}

/** What most specifications have in common may be left out. */
export type SpecInput = Omit<
  ProductSpec,
  'unit' | 'rules' | 'season' | 'pull' | 'usual' | 'priceMinor' | 'weightGrams'
> &
  Partial<Pick<ProductSpec, 'unit' | 'rules' | 'season' | 'pull' | 'usual'>> & {
    /** In euros; rounded to a price that a list would print. */
    readonly price: number;
    readonly grams: number;
  };

/** Completes a specification: sold by the piece, wanted evenly, one at a time. */
export function spec({ price, grams, ...input }: SpecInput): ProductSpec {
  return {
    unit: 'EA',
    rules: { minimum: 1, increment: 1 },
    season: 'even',
    pull: 1,
    usual: 1,
    ...input,
    priceMinor: listPrice(price),
    weightGrams: Math.max(1, Math.round(grams)),
  };
}

/** Sold in packs only. */
export function packs(size: number, maximum?: number): QuantityRules {
  return { minimum: size, increment: size, ...(maximum === undefined ? {} : { maximum }) };
}

/** Digits with leading zeros. */
export function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Rounds to what price lists print: cents below 20 euros, tens of cents below 100, half euros, then euros. */
export function listPrice(euros: number): number {
  const cents = Math.max(1, Math.round(euros * 100));
  if (cents < 2_000) return cents;
  if (cents < 10_000) return Math.round(cents / 10) * 10;
  if (cents < 50_000) return Math.round(cents / 50) * 50;
  return Math.round(cents / 100) * 100;
}
