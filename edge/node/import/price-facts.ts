import { EdgeError } from '../../../src/core/errors.ts';
import type { PriceChanged } from '../../../src/events/transactional/price.ts';
import { canonicalJson } from '../../../src/runtime/digest.ts';
import { currencyExponent } from './amount.ts';
import { idOf } from './event-id.ts';
import { type Fact, fits, type ImportContext, type Planned, readByKeys } from './importer.ts';

/** A price as a row states it. */
export interface WantedPrice extends Omit<PriceChanged, 'version' | 'effectiveFrom'> {
  /** Unset means: from the import on. */
  readonly effectiveFrom?: string | undefined;
}

/**
 * Reads the price of a row; `undefined` when its cell is empty, or 0 in a file where a price is optional. Rejects the
 * row when something is wrong.
 */
export function readPrice(
  context: ImportContext,
  sku: string,
  unit: string,
  optional = false,
): WantedPrice | undefined {
  const { reader } = context;
  if (reader.text('price') === undefined) return undefined;
  const currency = reader.text('currency') ?? context.currency;
  const priceListId = reader.text('priceListId') ?? context.priceListId;
  if (currency === undefined) return reader.reject('missing', 'no currency; import with --currency EUR', 'currency');
  if (!/^[A-Z]{3}$/.test(currency))
    return reader.reject('not-a-currency', `"${currency}" is no ISO 4217 code such as EUR`, 'currency');
  if (priceListId === undefined)
    return reader.reject('missing', 'no price list; import with --price-list ID', 'priceListId');
  const exponent = currencyExponent(currency);
  const listUnitPriceMinor = reader.amount('price', exponent) ?? 0;
  if (listUnitPriceMinor === 0 && optional) return undefined;
  if (listUnitPriceMinor <= 0) {
    reader.reject('price-not-positive', 'a price is more than 0; leave the cell empty when there is none', 'price');
  }
  const effectiveTo = reader.instant('effectiveTo');
  const reason = reader.text('reason');
  return {
    sku,
    priceListId,
    currency,
    unit,
    listUnitPriceMinor,
    tiers: readTiers(context, exponent),
    effectiveFrom: reader.instant('effectiveFrom'),
    ...(effectiveTo === undefined ? {} : { effectiveTo }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function readTiers(context: ImportContext, exponent: number): PriceChanged['tiers'] {
  const tiers = (context.reader.text('tiers')?.split(';') ?? []).map((part) => {
    const [, minimum, amount] = /^\s*(\d+)\s*:\s*(.+)$/.exec(part) ?? [];
    if (minimum === undefined || amount === undefined) {
      return context.reader.reject('not-a-tier', `"${part}" is no tier; write 10:4.50;50:4.10`, 'tiers');
    }
    return { minimum: Number(minimum), unitPriceMinor: context.reader.amountOf(amount, exponent, 'tiers') };
  });
  return tiers.sort((a, b) => a.minimum - b.minimum);
}

/** Plans prices against the ones that the database has: the same price is left alone, another one is a new version. */
export async function planPrices(
  context: ImportContext,
  wanted: readonly { readonly row: number; readonly price: WantedPrice }[],
): Promise<readonly (Planned | undefined)[]> {
  const rows = await readByKeys(
    context.runtime,
    'SELECT snapshot FROM prices WHERE sku IN (SELECT value FROM json_each(?))',
    [...new Set(wanted.map(({ price }) => price.sku))],
  );
  const known = new Map<string, PriceChanged[]>();
  for (const row of rows) {
    const price = JSON.parse(String(row.snapshot)) as PriceChanged;
    const key = `${price.priceListId}\n${price.sku}`;
    known.set(key, [...(known.get(key) ?? []), price]);
  }
  return wanted.map(({ row, price }) => {
    const key = `${price.priceListId}\n${price.sku}`;
    const versions = known.get(key) ?? [];
    const last = latest(versions, price.effectiveFrom, context.now);
    if (last !== undefined && isSame(last, price)) return { rows: 1, outcome: 'unchanged', facts: [] };
    const data: PriceChanged = {
      ...price,
      effectiveFrom: price.effectiveFrom ?? context.now,
      version: Math.max(0, ...versions.map((one) => one.version)) + 1,
    };
    if (!fits(context, row, 'price.changed', 1, data)) return undefined;
    known.set(key, [...versions, data]);
    return { rows: 1, outcome: last === undefined ? 'created' : 'changed', facts: [priceFact(context, data, price)] };
  });
}

/** The price that a row is compared with: the one of the same beginning, or else the one in force. */
function latest(versions: readonly PriceChanged[], from: string | undefined, now: string): PriceChanged | undefined {
  const comparable = versions.filter((price) =>
    from === undefined
      ? Date.parse(price.effectiveFrom) <= Date.parse(now)
      : Date.parse(price.effectiveFrom) === Date.parse(from),
  );
  return comparable
    .toSorted((a, b) => Date.parse(a.effectiveFrom) - Date.parse(b.effectiveFrom) || a.version - b.version)
    .at(-1);
}

function isSame(known: PriceChanged, wanted: WantedPrice): boolean {
  const { version: _version, effectiveFrom: _from, ...content } = known;
  const { effectiveFrom: _wantedFrom, ...wantedContent } = wanted;
  return canonicalJson(content) === canonicalJson(wantedContent);
}

function priceFact(context: ImportContext, data: PriceChanged, wanted: WantedPrice): Fact {
  return {
    // The time of the import is no part of what the row says.
    id: idOf('import', 'prices', context.runtime.identity.dealerId, data.version, wanted),
    type: 'price.changed',
    time: context.now,
    data,
    history: true,
  };
}

/** @throws {EdgeError} `import-failed` when a currency is not one. */
export function checkCurrency(currency: string | undefined): void {
  if (currency === undefined || /^[A-Z]{3}$/.test(currency)) return;
  throw new EdgeError('import-failed', `--currency ${currency} is no ISO 4217 code. Write it like EUR.`);
}
