import Papa from 'papaparse';
import { EdgeError } from '../../../src/core/errors.ts';
import { fileText } from './csv-text.ts';

export interface CsvOptions {
  readonly encoding?: string | undefined;
  /** Found from the first line unless given. */
  readonly delimiter?: string | undefined;
  /** Names the columns of a file that has no header. */
  readonly columns?: readonly string[] | undefined;
}

/** One row with its number as a spreadsheet counts: the header is row 1. */
export interface CsvRow {
  readonly number: number;
  readonly cells: readonly string[];
  /** Set when the row cannot be told into cells. */
  readonly problem?: string;
}

/** A piece of the file. `columns` are the same in every piece. */
export interface CsvPiece {
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly rows: readonly CsvRow[];
}

/** A row that is longer has most likely lost its closing quote. */
const ROW_CHARACTERS_MAX = 4_000_000;

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * The rows of a CSV file (RFC 4180 and what spreadsheets make of it), piece by piece, so that a file of any size
 * takes little memory.
 * @throws {EdgeError} `import-failed` when there is no header or a quote is never closed.
 */
export async function* readCsv(
  path: string,
  options: CsvOptions,
  hash?: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<CsvPiece> {
  let text = '';
  let columns = options.columns;
  let delimiter = options.delimiter;
  let newline: '\n' | '\r' | undefined;
  let number = 0;
  const parse = (last: boolean): CsvPiece | undefined => {
    delimiter ??= guessDelimiter(text);
    // A line that ends in \r\n ends in \n as well; only very old files have \r alone.
    newline ??= text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
    const parsed = new Papa.Parser({ delimiter, newline }).parse(text, 0, !last) as Papa.ParseResult<string[]>;
    text = text.slice(parsed.meta.cursor);
    const problems = new Map(parsed.errors.map((error) => [error.row, problemOf(error)]));
    const rows: CsvRow[] = [];
    parsed.data.forEach((cells, index) => {
      number += 1;
      const end = cells.length - 1;
      if (cells[end]?.endsWith('\r')) cells[end] = cells[end].slice(0, -1);
      if (cells.length === 1 && cells[0] === '') return;
      if (columns === undefined) {
        columns = cells.map((name) => name.trim());
        return;
      }
      const problem = problems.get(index) ?? widthProblem(cells, columns);
      rows.push({ number, cells, ...(problem === undefined ? {} : { problem }) });
    });
    return columns === undefined || rows.length === 0 ? undefined : { columns, delimiter, rows };
  };

  for await (const piece of fileText(path, options.encoding, hash)) {
    text += piece;
    if (delimiter === undefined && !/[\r\n]/.test(text) && text.length < ROW_CHARACTERS_MAX) continue;
    const rows = parse(false);
    if (rows !== undefined) yield rows;
    if (text.length > ROW_CHARACTERS_MAX) {
      throw new EdgeError(
        'import-failed',
        `Row ${number + 1} of ${path} does not end: most likely a quote (") is opened there and never closed. Mend that row.`,
      );
    }
  }
  const rest = text === '' ? undefined : parse(true);
  if (columns === undefined) throw new EdgeError('import-failed', `${path} is empty: it has no header row.`);
  yield rest ?? { columns, delimiter: delimiter ?? ',', rows: [] };
}

function problemOf(error: Papa.ParseError): string {
  return error.code === 'MissingQuotes'
    ? 'a quote (") is opened and never closed; close it or double it'
    : 'a quote (") stands in the middle of a quoted cell; double it ("")';
}

function widthProblem(cells: readonly string[], columns: readonly string[]): string | undefined {
  if (cells.length <= columns.length || cells.slice(columns.length).every((cell) => cell.trim() === ''))
    return undefined;
  return `has ${cells.length} cells where the header has ${columns.length}; put cells that hold the delimiter into quotes`;
}

/** The delimiter that the first line has most of, outside of quotes. */
export function guessDelimiter(text: string): string {
  const line = (/^(?:"(?:[^"]|"")*"|[^\r\n"])*/.exec(text)?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '');
  let best = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = line.split(delimiter).length - 1;
    if (count > most) {
      best = delimiter;
      most = count;
    }
  }
  return best;
}
