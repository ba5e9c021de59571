import { existsSync, readFileSync } from 'node:fs';
import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import type { DecimalSign } from '../import/amount.ts';
import { type DatasetName, datasetFields, datasetNames } from '../import/fields.ts';
import { type DateOrder, isTimeZone } from '../import/instant.ts';
import { parsePairs } from '../import/mapping.ts';
import { type ImportOptions, type ImportResult, patternOf, runImport, surveyImport } from '../import/run-import.ts';
import { withBox } from './open-box.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';
import { runningBox } from './run-file.ts';

/** Rejected rows that are shown; the report has all. */
const SHOWN_MAX = 20;

const args = {
  file: { type: 'positional', description: 'A CSV file, or one packed as .csv.gz', required: true },
  map: {
    type: 'string',
    description: 'Which column a field is read from: field=column,… (a header, or #3 for the third)',
  },
  'map-file': { type: 'string', description: 'A JSON file with such a mapping: {"field": "column"}' },
  default: { type: 'string', description: 'Values where a column or cell is missing: field=value,…' },
  columns: { type: 'string', description: 'Names of the columns of a file without a header: a,b,c' },
  delimiter: { type: 'string', description: 'Between cells: , ; | or tab; found in the first line unless given' },
  encoding: {
    type: 'string',
    description: 'Such as windows-1252; UTF-8, or what the byte order mark says, unless given',
  },
  decimal: { type: 'string', description: 'The sign before decimals, . or ,; found in the amounts unless given' },
  round: { type: 'boolean', description: 'Round amounts with more decimals than the currency has', default: false },
  currency: { type: 'string', description: "Currency of the amounts; the dealer's unless given" },
  'price-list': { type: 'string', description: "Price list of the prices; the dealer's unless given" },
  'time-zone': {
    type: 'string',
    description: "Of dates without an offset, such as Europe/Berlin; the dealer's, or UTC",
  },
  'date-order': { type: 'string', description: 'How 01/02/2026 is read: dmy or mdy' },
  'skip-sku': { type: 'string', description: 'Regular expression of SKUs that are no products, such as ^(POST|FEE)$' },
  'allow-unknown-skus': { type: 'boolean', description: 'Orders: take SKUs that have no product here', default: false },
  shipped: {
    type: 'boolean',
    description: 'Orders: also import that they were shipped',
    default: true,
    negativeDescription: 'Orders: import them as accepted only',
  },
  'dry-run': { type: 'boolean', description: 'Check everything and import nothing', default: false },
  report: { type: 'string', description: 'Write every rejected row with its reason to this CSV file' },
  json: { type: 'boolean', description: 'Print JSON', default: false },
} as const;

const datasetCommand = (dataset: DatasetName) =>
  defineCommand({
    meta: {
      name: dataset,
      description: `Import ${dataset}. Fields: ${datasetFields[dataset].map((field) => field.name + ('required' in field && field.required ? '*' : '')).join(', ')}`,
    },
    args,
    async run({ args: given }) {
      const options = {
        dataset,
        path: given.file,
        csv: {
          encoding: given.encoding,
          delimiter: given.delimiter === undefined ? undefined : delimiterOf(given.delimiter),
          columns: given.columns?.split(',').map((name) => name.trim()),
        },
        map: { ...readMapFile(given['map-file']), ...parsePairs(given.map, 'map') },
        defaults: parsePairs(given.default, 'default'),
        dryRun: given['dry-run'],
        reportPath: given.report,
        currency: given.currency,
        priceListId: given['price-list'],
        timeZone: timeZoneOf(given['time-zone']),
        dateOrder: oneOf('date-order', given['date-order'], ['dmy', 'mdy', 'auto']) as DateOrder,
        decimal: oneOf('decimal', given.decimal, ['.', ',', 'auto']) as DecimalSign,
        round: given.round,
        skipSku: patternOf(given['skip-sku'], 'skip-sku'),
        allowUnknownSkus: given['allow-unknown-skus'],
        shipped: given.shipped,
      };
      await importFile(options, given.json);
    },
  });

async function importFile(options: ImportOptions, json: boolean): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const found = await surveyImport(options);
  const progress = new Progress(`Importing ${options.dataset}`);
  const result = await withBox(
    (runtime, { DATA_DIR }) =>
      runImport(
        runtime,
        { ...options, signal: stop.signal, isShared: () => runningBox(DATA_DIR) !== undefined },
        found,
        (rows, total) => progress.update(rows, total, 'rows'),
      ),
    { mayCreate: true },
  );
  progress.end();
  printResult(json, result, () => lines(result, options));
  // A file of which nothing at all fits was mapped wrongly.
  if (result.interrupted || (result.rows > 0 && result.rowsImported === 0)) process.exitCode = 1;
}

function* lines(result: ImportResult, options: ImportOptions): Iterable<string> {
  const { created, changed, unchanged } = result;
  const dry = result.dryRun ? ' (dry run: nothing was written)' : '';
  yield `${result.dataset} from ${result.file}: ${result.rows} rows in ${result.seconds} s${dry}`;
  yield `  imported   ${created} new, ${changed} changed, ${unchanged} unchanged (${result.rowsImported} rows, ${result.events} events)`;
  if (result.unpriced > 0) yield `  no price   ${result.unpriced} of them; they cannot be ordered before they have one`;
  yield `  rejected   ${result.rowsRejected} rows`;
  for (const { code, column, rows } of result.reasons) {
    yield `    ${String(rows).padStart(7)}  ${code}${column === undefined ? '' : ` (${column})`}`;
  }
  yield `  columns    ${Object.entries(result.columns)
    .map(([field, column]) => `${field}=${column}`)
    .join(', ')}`;
  if (result.unusedColumns.length > 0) yield `  not used   ${result.unusedColumns.join(', ')}`;
  yield `  dates without an offset were read as ${result.timeZone} time`;
  if (result.rejected.length > 0) yield '';
  for (const { row, column, code, detail } of result.rejected.slice(0, SHOWN_MAX)) {
    yield `  row ${row}${column === undefined ? '' : `, ${column}`}: ${detail} (${code})`;
  }
  if (result.rowsRejected > SHOWN_MAX) {
    const where =
      options.reportPath === undefined
        ? 'say --report FILE to get them all'
        : `all of them are in ${options.reportPath}`;
    yield `  and ${result.rowsRejected - SHOWN_MAX} more; ${where}`;
  }
  if (result.interrupted) yield 'Stopped. Run the same command again: it goes on where it stopped.';
}

function readMapFile(path: string | undefined): Record<string, string> {
  if (path === undefined) return {};
  try {
    if (!existsSync(path)) throw new Error('there is no such file');
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isMap =
      typeof value === 'object' && value !== null && Object.values(value).every((column) => typeof column === 'string');
    if (!isMap || Array.isArray(value)) throw new Error('it has to be an object such as {"sku": "Part No"}');
    return value as Record<string, string>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EdgeError('import-failed', `--map-file ${path} cannot be used: ${reason}.`, { cause: error });
  }
}

function delimiterOf(text: string): string {
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text;
  if (delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  throw new EdgeError('import-failed', `--delimiter is one character, such as ";" or tab, not "${text}".`);
}

function timeZoneOf(name: string | undefined): string | undefined {
  if (name === undefined || isTimeZone(name)) return name;
  throw new EdgeError('import-failed', `--time-zone ${name} is not known. Write an IANA name such as Europe/Berlin.`);
}

function oneOf(option: string, value: string | undefined, allowed: readonly string[]): string {
  if (value === undefined) return 'auto';
  if (allowed.includes(value)) return value;
  throw new EdgeError('import-failed', `--${option} is one of ${allowed.join(' ')}, not "${value}".`);
}

export const importCommand = defineCommand({
  meta: {
    name: 'import',
    description: 'Import products, prices, stock or past orders from CSV; running it again changes nothing',
  },
  subCommands: Object.fromEntries(datasetNames.map((name) => [name, datasetCommand(name)])),
});
