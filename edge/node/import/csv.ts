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
const ROW_CHARACTERS_MAX = 1_000_000;

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * The rows of a CSV file (RFC 4180 and what spreadsheets make of it), piece by piece, so that a file of any size
 * takes little memory.
 * @throws {EdgeError} `import-failed` when there is no header.
 */
export async function* readCsv(
  path: string,
  options: CsvOptions,
  hash?: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<CsvPiece> {
  const reader = new RecordReader(options);
  for await (const piece of fileText(path, options.encoding, hash)) {
    const rows = reader.take(piece);
    if (rows !== undefined) yield rows;
  }
  yield reader.finish(path);
}

/** Cuts text into rows, and goes on after a row that is broken. */
class RecordReader {
  #text = '';
  #columns: readonly string[] | undefined;
  #delimiter: string | undefined;
  #newline: '\n' | '\r' | undefined;
  #number = 0;

  constructor(options: CsvOptions) {
    this.#columns = options.columns;
    this.#delimiter = options.delimiter;
  }

  take(piece: string): CsvPiece | undefined {
    this.#text += piece;
    // The header has to be there whole before it tells the delimiter.
    if (this.#delimiter === undefined && !/[\r\n]/.test(this.#text)) return undefined;
    const rows = this.#parse(false);
    // A row of that length has lost its closing quote; it is told apart as if the file ended here.
    if (this.#text.length > ROW_CHARACTERS_MAX) rows.push(...this.#parse(true));
    return this.#columns === undefined || rows.length === 0 ? undefined : this.#piece(this.#columns, rows);
  }

  /** @throws {EdgeError} `import-failed` when there was no header. */
  finish(path: string): CsvPiece {
    const rows = this.#text === '' ? [] : this.#parse(true);
    if (this.#columns === undefined) throw new EdgeError('import-failed', `${path} is empty: it has no header row.`);
    return this.#piece(this.#columns, rows);
  }

  #piece(columns: readonly string[], rows: readonly CsvRow[]): CsvPiece {
    return { columns, delimiter: this.#delimiter ?? ',', rows };
  }

  #parse(last: boolean): CsvRow[] {
    this.#delimiter ??= guessDelimiter(this.#text);
    // A line that ends in \r\n ends in \n as well; only very old files have \r alone.
    this.#newline ??= this.#text.includes('\n') || !this.#text.includes('\r') ? '\n' : '\r';
    const parser = new Papa.Parser({ delimiter: this.#delimiter, newline: this.#newline });
    const rows: CsvRow[] = [];
    for (;;) {
      const parsed = parser.parse(this.#text, 0, !last) as Papa.ParseResult<string[]>;
      const broken = parsed.errors.find((error) => error.type === 'Quotes');
      for (const cells of broken === undefined ? parsed.data : parsed.data.slice(0, broken.row)) this.#add(cells, rows);
      if (broken === undefined) {
        this.#text = this.#text.slice(parsed.meta.cursor);
        return rows;
      }
      // A stray quote swallows all rows up to the next quote; they are read again, one line later.
      const end = this.#text.indexOf(this.#newline, broken.index ?? 0);
      this.#add([], rows, problemOf(broken));
      this.#text = end < 0 ? '' : this.#text.slice(end + 1);
      if (this.#text === '') return rows;
    }
  }

  #add(cells: string[], rows: CsvRow[], broken?: string): void {
    this.#number += 1;
    const end = cells.length - 1;
    if (cells[end]?.endsWith('\r')) cells[end] = cells[end].slice(0, -1);
    if (cells.length === 1 && cells[0] === '') return;
    if (this.#columns === undefined) {
      this.#columns = cells.map((name) => name.trim());
      return;
    }
    const problem = broken ?? widthProblem(cells, this.#columns);
    rows.push({ number: this.#number, cells, ...(problem === undefined ? {} : { problem }) });
  }
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
