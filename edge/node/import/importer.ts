import { dealerSource } from '../../../src/core/event.ts';
import type { EventType } from '../../../src/events/catalog.ts';
import { validatePayload } from '../../../src/events/validate.ts';
import type { Runtime } from '../../../src/runtime.ts';
import type { SqlValue } from '../../../src/store/store.ts';
import type { CsvRow } from './csv.ts';
import type { RowReader } from './row-reader.ts';

/** A fact on its way into the log. */
export interface Fact {
  readonly id: string;
  readonly type: EventType;
  readonly time: string;
  readonly data: unknown;
  /** Facts that happened and are over: nothing reacts to them, nothing is merged with the state here. */
  readonly history: boolean;
}

/** What the rows of one thing (a product, an order) come to. */
export interface Planned {
  readonly rows: number;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly facts: readonly Fact[];
  /** A product whose row has no price. */
  readonly unpriced?: boolean;
}

/** Turns the rows of one dataset into facts. */
export interface Importer {
  /** Takes a row; one that does not fit is rejected with its reason. */
  add(row: CsvRow): void;
  /** Things that are ready to be planned. */
  readonly ready: number;
  /** Compares what is ready with what the database holds. */
  plan(): Promise<readonly Planned[]>;
}

export interface ImportContext {
  readonly runtime: Runtime;
  readonly reader: RowReader;
  /** The instant of the import. */
  readonly now: string;
  /** What an amount is in, and what list a price is of, where the file does not say. */
  readonly currency: string | undefined;
  readonly priceListId: string | undefined;
  readonly skipSku: RegExp | undefined;
}

/** Where imported facts come from. */
export const IMPORT_SOURCE = 'urn:dealeriq:centre:import';

/** The source of this box, for events about the import itself. */
export function ownSource(runtime: Runtime): string {
  return dealerSource(runtime.identity.dealerId, runtime.identity.deviceId);
}

/** Rows of a query whose one parameter is a JSON array of keys. */
export function readByKeys(runtime: Runtime, sql: string, keys: readonly SqlValue[]) {
  return runtime.store.read({ sql, args: [JSON.stringify(keys)] });
}

/** Checks a payload against its schema; rejects the row with the first thing that does not fit. */
export function fits(context: ImportContext, row: number, type: EventType, version: number, data: unknown): boolean {
  const validation = validatePayload(type, version, data);
  if (validation.outcome !== 'invalid') return true;
  const [first] = validation.violations;
  const field = first?.pointer.split('/')[1];
  context.reader.rejectRow(row, 'does-not-fit', `${first?.pointer ?? ''} ${first?.detail ?? ''}`.trim(), field);
  return false;
}

/** A SKU that counts; rejects the row of one that is left out on purpose. */
export function readSku(context: ImportContext): string {
  const sku = context.reader.required('sku');
  if (context.skipSku?.test(sku) === true) {
    context.reader.reject('not-a-product', `${sku} is left out by --skip-sku; it is no product`, 'sku');
  }
  if (sku.length > 64) context.reader.reject('too-long', 'a SKU has at most 64 characters', 'sku');
  return sku;
}

/** Rejects the second row of a key, unless it says the same: which of the two is right cannot be told. */
export class FirstRows {
  readonly #seen = new Map<string, { row: number; content: string }>();

  /** True when the row is the first of its key. */
  isFirst(context: ImportContext, key: string, content: string, field: string): boolean {
    const earlier = this.#seen.get(key);
    if (earlier === undefined) {
      this.#seen.set(key, { row: context.reader.number, content });
      return true;
    }
    if (earlier.content === content) {
      context.reader.reject('repeated', `says the same as row ${earlier.row}; nothing to do`, field);
    }
    return context.reader.reject(
      'duplicate',
      `${key} stands in row ${earlier.row} already, with other values; keep the row that is right`,
      field,
    );
  }
}
