import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import Papa from 'papaparse';
import { EdgeError } from '../../../src/core/errors.ts';

/** Why a row was not imported, and what to do about it. */
export interface Rejection {
  /** As a spreadsheet counts. */
  readonly row: number;
  readonly column?: string | undefined;
  readonly code: string;
  readonly detail: string;
}

/** As many as `data.validation.failed` can list. */
const LISTED_MAX = 1_000;

/** Collects rejected rows: counts all, lists the first, and writes all of them to a report. */
export class Rejections {
  /** The first ones, in the order they were found. */
  readonly listed: Rejection[] = [];
  readonly #counts = new Map<string, { code: string; column: string | undefined; rows: number }>();
  readonly #report: WriteStream | undefined;
  readonly #reportPath: string | undefined;
  #failure: Error | undefined;
  rows = 0;

  constructor(reportPath?: string) {
    this.#reportPath = reportPath;
    if (reportPath === undefined) return;
    this.#report = createWriteStream(reportPath);
    this.#report.on('error', (error) => {
      this.#failure = error;
    });
    // With a byte order mark, because spreadsheets take a file without one for another encoding.
    this.#report.write('\ufeffrow,column,code,what to do\r\n');
  }

  add(rejection: Rejection): void {
    this.rows += 1;
    const key = `${rejection.code}\n${rejection.column ?? ''}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { code: rejection.code, column: rejection.column, rows: 1 });
    else count.rows += 1;
    if (this.listed.length < LISTED_MAX) this.listed.push(rejection);
    this.#report?.write(
      `${Papa.unparse([[String(rejection.row), rejection.column ?? '', rejection.code, rejection.detail]], { escapeFormulae: true })}\r\n`,
    );
  }

  /** How many rows each reason rejected, the most frequent first. */
  reasons(): readonly { code: string; column: string | undefined; rows: number }[] {
    return [...this.#counts.values()].sort((a, b) => b.rows - a.rows);
  }

  /** @throws {EdgeError} `import-failed` when the report could not be written. */
  async close(): Promise<void> {
    if (this.#report === undefined) return;
    if (this.#failure === undefined) {
      this.#report.end();
      await once(this.#report, 'close').catch((error: Error) => {
        this.#failure = error;
      });
    }
    if (this.#failure !== undefined) {
      throw new EdgeError(
        'import-failed',
        `The report ${this.#reportPath} cannot be written: ${this.#failure.message}.`,
      );
    }
  }
}
