import { EdgeError } from '../../../src/core/errors.ts';
import type { Runtime } from '../../../src/runtime.ts';
import type { DecimalSign } from './amount.ts';
import { type CsvOptions, readCsv } from './csv.ts';
import { deliver } from './deliver.ts';
import type { DatasetName } from './fields.ts';
import type { ImportContext, Importer } from './importer.ts';
import type { DateOrder } from './instant.ts';
import { orderImporter } from './orders.ts';
import { checkCurrency } from './price-facts.ts';
import { priceImporter } from './prices.ts';
import { productImporter } from './products.ts';
import { Rejections } from './rejections.ts';
import { reportRejections, reportStart } from './reports.ts';
import { RowReader } from './row-reader.ts';
import { stockImporter } from './stock.ts';
import { type Survey, survey } from './survey.ts';

export interface ImportOptions {
  readonly dataset: DatasetName;
  readonly path: string;
  readonly csv: CsvOptions;
  readonly map: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  readonly reportPath?: string | undefined;
  readonly currency?: string | undefined;
  readonly priceListId?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly dateOrder: DateOrder;
  readonly decimal: DecimalSign;
  readonly round: boolean;
  readonly skipSku?: RegExp | undefined;
  readonly allowUnknownSkus: boolean;
  readonly shipped: boolean;
  /** Whether a box works on the same database, which then goes first. */
  readonly isShared?: () => boolean;
  /** Stops after what is under way; the next run goes on from there. */
  readonly signal?: AbortSignal;
}

export interface ImportResult {
  readonly dataset: DatasetName;
  readonly file: string;
  readonly sha256: string;
  readonly dryRun: boolean;
  readonly interrupted: boolean;
  /** Rows with something in them, without the header. */
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Rows of what was created, changed or found unchanged. */
  readonly rowsImported: number;
  readonly rowsRejected: number;
  readonly events: number;
  /** Products whose row has no price, so that they cannot be ordered before one comes. */
  readonly unpriced: number;
  readonly reasons: readonly { code: string; column: string | undefined; rows: number }[];
  readonly rejected: Rejections['listed'];
  readonly columns: Readonly<Record<string, string>>;
  readonly unusedColumns: readonly string[];
  readonly timeZone: string;
  readonly seconds: number;
}

/** Things (products, orders) that are compared with the database and logged together. */
const BATCH = 256;

/**
 * Looks at a file before a database is opened for it.
 * @throws {EdgeError} `import-failed` when the file or the options cannot be used.
 */
export function surveyImport(options: ImportOptions): Promise<Survey> {
  checkCurrency(options.currency);
  return survey(options.path, options.dataset, options.csv, options.map, options.defaults);
}

/** Imports a file: what fits is logged, the rest is explained. Importing a file again changes nothing. */
export async function runImport(
  runtime: Runtime,
  options: ImportOptions,
  found: Survey,
  progress: (rows: number, total: number) => void = () => undefined,
): Promise<ImportResult> {
  const startedMs = performance.now();
  const { dataset, path } = options;
  const dealer = await dealerDefaults(runtime);
  const timeZone = options.timeZone ?? dealer?.timeZone ?? 'UTC';
  const decimal = options.decimal === 'auto' ? found.decimal : options.decimal;
  const rejections = new Rejections(options.reportPath);
  const reader = new RowReader(found.mapping, { ...options, decimal, timeZone }, rejections);
  const now = new Date(runtime.ports.clock.nowMs()).toISOString();
  const importer = importerOf(options, found.rowsOf, {
    runtime,
    reader,
    now,
    currency: options.currency ?? dealer?.currency,
    priceListId: options.priceListId ?? dealer?.priceListId,
    skipSku: options.skipSku,
  });
  const runId = `import-${dataset}-${runtime.ports.random.uuid()}`;
  if (!options.dryRun) await reportStart(runtime, options, runId, now, found);

  const counts = { created: 0, changed: 0, unchanged: 0, rowsImported: 0, events: 0, unpriced: 0 };
  const settle = async (min: number) => {
    if (importer.ready < min) return;
    const planned = await importer.plan();
    if (!options.dryRun)
      counts.events += await deliver(
        runtime,
        planned.flatMap((plan) => plan.facts),
        options.isShared,
      );
    for (const plan of planned) {
      counts[plan.outcome] += 1;
      counts.rowsImported += plan.rows;
      if (plan.unpriced === true) counts.unpriced += 1;
    }
  };
  let rows = 0;
  let interrupted = false;
  const csv = { ...options.csv, delimiter: found.delimiter };
  reading: for await (const piece of readCsv(path, csv)) {
    for (const row of piece.rows) {
      importer.add(row);
      rows += 1;
      if (importer.ready < BATCH) continue;
      await settle(BATCH);
      progress(rows, found.rows);
      interrupted = options.signal?.aborted === true;
      if (interrupted) break reading;
    }
  }
  if (!interrupted) await settle(1);
  progress(rows, found.rows);
  if (!options.dryRun && rejections.rows > 0) await reportRejections(runtime, options, runId, rows, rejections);
  await rejections.close();
  const { places, columns } = found.mapping;
  return {
    dataset,
    file: path,
    sha256: found.sha256,
    dryRun: options.dryRun,
    interrupted,
    rows,
    ...counts,
    rowsRejected: rejections.rows,
    reasons: rejections.reasons(),
    rejected: rejections.listed,
    columns: Object.fromEntries([...places].map(([field, place]) => [field, columns[place] ?? ''])),
    unusedColumns: found.mapping.unused,
    timeZone,
    seconds: Math.round(performance.now() - startedMs) / 1000,
  };
}

function importerOf(options: ImportOptions, rowsOf: ReadonlyMap<string, number>, context: ImportContext): Importer {
  switch (options.dataset) {
    case 'products':
      return productImporter(context);
    case 'prices':
      return priceImporter(context);
    case 'stock':
      return stockImporter(context);
    case 'orders':
      return orderImporter(context, { ...options, rowsOf });
  }
}

async function dealerDefaults(runtime: Runtime) {
  const [row] = await runtime.store.read({
    sql: "SELECT currency, price_list_id, profile ->> '$.timeZone' AS time_zone FROM dealers WHERE dealer_id = ?",
    args: [runtime.identity.dealerId],
  });
  if (row === undefined) return undefined;
  return { currency: String(row.currency), priceListId: String(row.price_list_id), timeZone: String(row.time_zone) };
}

/** @throws {EdgeError} `import-failed` when a pattern is none. */
export function patternOf(text: string | undefined, option: string): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch (error) {
    throw new EdgeError(
      'import-failed',
      `--${option} is no regular expression: ${error instanceof Error ? error.message : error}.`,
    );
  }
}
