import { createHash } from 'node:crypto';
import { type DecimalSign, decimalSignOf } from './amount.ts';
import { type CsvOptions, readCsv } from './csv.ts';
import type { DatasetName } from './fields.ts';
import { type Mapping, resolveMapping } from './mapping.ts';

/** What a first look at the whole file finds. */
export interface Survey {
  readonly mapping: Mapping;
  readonly delimiter: string;
  readonly rows: number;
  /** Of the file as it lies on the disk. */
  readonly sha256: string;
  /** The sign before decimals that all unambiguous amounts of the file share. */
  readonly decimal: DecimalSign;
  /** Orders only: how many rows each order number has, so that an order is complete when its last row is read. */
  readonly rowsOf: ReadonlyMap<string, number>;
}

/**
 * Reads the whole file once before anything is imported: the import then knows its length and which rows belong
 * together, without keeping the file in memory.
 * @throws {EdgeError} `import-failed` when the file or the mapping cannot be used.
 */
export async function survey(
  path: string,
  dataset: DatasetName,
  csv: CsvOptions,
  told: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Promise<Survey> {
  const hash = createHash('sha256');
  const rowsOf = new Map<string, number>();
  const signs = new Set<'.' | ','>();
  let mapping: Mapping | undefined;
  let delimiter = ',';
  let rows = 0;
  for await (const piece of readCsv(path, csv, hash)) {
    mapping ??= resolveMapping(dataset, piece.columns, told, defaults);
    delimiter = piece.delimiter;
    rows += piece.rows.length;
    const price = mapping.places.get('price');
    const order = dataset === 'orders' ? mapping.places.get('order') : undefined;
    for (const { cells } of piece.rows) {
      const sign = price === undefined ? undefined : decimalSignOf(cells[price] ?? '');
      if (sign !== undefined) signs.add(sign);
      if (order === undefined) continue;
      const key = cells[order]?.trim() ?? '';
      rowsOf.set(key, (rowsOf.get(key) ?? 0) + 1);
    }
  }
  mapping ??= resolveMapping(dataset, [], told, defaults);
  const [only] = signs;
  return {
    mapping,
    delimiter,
    rows,
    sha256: hash.digest('hex'),
    decimal: signs.size === 1 && only !== undefined ? only : 'auto',
    rowsOf,
  };
}
