/** Tells the story, a line for each thing that happened, with the time since the start. */
export interface Narrator {
  chapter(title: string): void;
  tell(line: string): void;
  /** A line without a time, such as one of a table. */
  plain(line: string): void;
  /** Milliseconds since the start. */
  elapsedMs(): number;
}

/** A narrator that writes plain lines, on terminals and elsewhere alike. */
export function narratorTo(write: (line: string) => void): Narrator {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  let chapters = 0;
  return {
    chapter(title) {
      chapters += 1;
      write('');
      write(`${chapters}. ${title}`);
    },
    tell: (line) => write(`${seconds(elapsedMs()).padStart(8)}  ${line}`),
    plain: write,
    elapsedMs,
  };
}

/** A time for people: `3.2 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Rows as columns of equal width; numbers stand to the right. */
export function tableLines(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)));
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const isNumber = (column: number) => rows.every((row) => typeof row[column] === 'number');
  const titles = head.map((title, column) => (isNumber(column) ? title.padStart(widths[column] ?? 0) : title));
  return [line(titles), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)];
}
