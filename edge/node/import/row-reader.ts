import { type Amount, type DecimalSign, parseAmount } from './amount.ts';
import type { CsvRow } from './csv.ts';
import { type DateOrder, parseInstant } from './instant.ts';
import type { Mapping } from './mapping.ts';
import type { Rejections } from './rejections.ts';

/** How cells are read. */
export interface ReadingRules {
  readonly decimal: DecimalSign;
  readonly round: boolean;
  readonly timeZone: string;
  readonly dateOrder: DateOrder;
}

/** Thrown by a reader to leave the row; the reason is noted by then. */
export class RowRejected extends Error {}

/** Reads the fields of one row. Whatever does not fit rejects the row with its reason. */
export class RowReader {
  readonly #mapping: Mapping;
  readonly #rules: ReadingRules;
  readonly #rejections: Rejections;
  #row: CsvRow = { number: 0, cells: [] };

  constructor(mapping: Mapping, rules: ReadingRules, rejections: Rejections) {
    this.#mapping = mapping;
    this.#rules = rules;
    this.#rejections = rejections;
  }

  /** Reads a row; `undefined` when it was rejected. */
  read<T>(row: CsvRow, take: (reader: this) => T): T | undefined {
    this.#row = row;
    try {
      if (row.problem !== undefined) this.reject('bad-row', row.problem);
      return take(this);
    } catch (error) {
      if (error instanceof RowRejected) return undefined;
      throw error;
    }
  }

  get number(): number {
    return this.#row.number;
  }

  has(field: string): boolean {
    return this.#mapping.places.has(field) || field in this.#mapping.defaults;
  }

  /** The text of a field; `undefined` when it is empty. */
  text(field: string): string | undefined {
    const place = this.#mapping.places.get(field);
    const cell = place === undefined ? '' : (this.#row.cells[place] ?? '').trim();
    const value = cell === '' || cell === 'NULL' ? this.#mapping.defaults[field] : cell;
    return value === undefined || value === '' ? undefined : value;
  }

  required(field: string): string {
    return this.text(field) ?? this.reject('missing', 'is empty; fill it in', field);
  }

  whole(field: string, limits: { min: number; max: number }): number | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    const number = /^[+-]?\d+(?:[.,]0+)?$/.test(text) ? Number(text.replace(/[.,]0+$/, '')) : Number.NaN;
    if (!Number.isSafeInteger(number)) {
      return this.reject('not-a-whole-number', `"${text}" is no whole number; write it like 12`, field);
    }
    if (number < limits.min)
      return this.reject('too-small', `${number} is too small; the least is ${limits.min}`, field);
    if (number > limits.max)
      return this.reject('too-large', `${number} is too large; the most is ${limits.max}`, field);
    return number;
  }

  amount(field: string, exponent: number): number | undefined {
    const text = this.text(field);
    return text === undefined ? undefined : this.amountOf(text, exponent, field);
  }

  amountOf(text: string, exponent: number, field: string): number {
    const parsed: Amount = parseAmount(text, { exponent, decimal: this.#rules.decimal, round: this.#rules.round });
    return parsed.ok ? parsed.minor : this.reject(parsed.code, parsed.detail, field);
  }

  instant(field: string): string | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    const parsed = parseInstant(text, this.#rules.timeZone, this.#rules.dateOrder);
    return parsed.ok ? parsed.iso : this.reject(parsed.code, parsed.detail, field);
  }

  attributes(): Record<string, string> | undefined {
    if (this.#mapping.attributes.size === 0) return undefined;
    const found: Record<string, string> = {};
    for (const [name, place] of this.#mapping.attributes) {
      const cell = (this.#row.cells[place] ?? '').trim();
      if (cell !== '') found[name] = cell;
    }
    return found;
  }

  /** Rejects the row; never returns. */
  reject(code: string, detail: string, field?: string): never {
    this.rejectRow(this.#row.number, code, detail, field);
    throw new RowRejected();
  }

  /** Notes that some row is rejected, under the name that its column has in the file. */
  rejectRow(row: number, code: string, detail: string, field?: string): void {
    this.#rejections.add({ row, column: field === undefined ? undefined : this.columnOf(field), code, detail });
  }

  columnOf(field: string): string {
    const place = this.#mapping.places.get(field);
    return (place === undefined ? undefined : this.#mapping.columns[place]) ?? field;
  }
}
