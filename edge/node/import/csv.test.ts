import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, describe, expect, test } from 'vitest';
import { codeOf } from '../../../test/support/code-of.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { type CsvOptions, type CsvRow, guessDelimiter, readCsv } from './csv.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

let files = 0;
function file(content: string | Uint8Array, name = 'file.csv'): string {
  files += 1;
  const path = join(folder.path, `${files}-${name}`);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, options: CsvOptions = {}) {
  const rows: CsvRow[] = [];
  let columns: readonly string[] = [];
  for await (const piece of readCsv(path, options)) {
    columns = piece.columns;
    rows.push(...piece.rows);
  }
  return { columns, rows };
}

const cellsOf = async (content: string | Uint8Array, options?: CsvOptions) =>
  (await read(file(content), options)).rows.map((row) => row.cells);

describe('CSV files', () => {
  test('a byte order mark is no part of the first column', async () => {
    expect((await read(file('\ufeffsku,name\r\nA,Bolt\r\n'))).columns).toEqual(['sku', 'name']);
  });

  test('the delimiter is found in the header, outside of quotes', async () => {
    expect(guessDelimiter('"a,b,c,d";b;c\n1;2;3')).toBe(';');
    expect(guessDelimiter('a\tb,c\td')).toBe('\t');
    expect(await cellsOf('sku;preis\nA;"1,50"\nB;2,00')).toEqual([
      ['A', '1,50'],
      ['B', '2,00'],
    ]);
  });

  test('quoted cells hold delimiters, quotes and lines; rows count as in a spreadsheet', async () => {
    const { rows } = await read(file('sku,name\nA,"Hose, ""long""\nred"\n\nB,Bolt\n'));
    expect(rows).toEqual([
      { number: 2, cells: ['A', 'Hose, "long"\nred'] },
      { number: 4, cells: ['B', 'Bolt'] },
    ]);
  });

  test('line ends may be of any kind, also mixed', async () => {
    expect(await cellsOf('a,b\r\n1,2\n3,"4"\r\n5,6')).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ]);
    expect(await cellsOf('a,b\r1,2\r3,4\r')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('packed files and other encodings are read', async () => {
    const packed = file(gzipSync('sku,name\nA,Bolt\n'), 'file.csv.gz');
    expect((await read(packed)).rows).toHaveLength(1);
    expect(await cellsOf(Buffer.from('sku,name\nA,Öl\n', 'latin1'), { encoding: 'windows-1252' })).toEqual([
      ['A', 'Öl'],
    ]);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('sku,name\nA,Öl\n', 'utf16le')]);
    expect(await cellsOf(utf16)).toEqual([['A', 'Öl']]);
  });

  test('names for the columns of a file without a header', async () => {
    const { columns, rows } = await read(file('A\tBolt\n'), { columns: ['sku', 'name'] });
    expect(columns).toEqual(['sku', 'name']);
    expect(rows).toEqual([{ number: 1, cells: ['A', 'Bolt'] }]);
  });

  test('a row with too many cells or a stray quote is told apart, and the next one is read', async () => {
    const { rows } = await read(file('a,b\n1,2,3\n1,2,,\n"x"y,2\n3,4\n'));
    expect(rows.map(({ problem }) => problem?.split(';')[0])).toEqual([
      'has 3 cells where the header has 2',
      undefined,
      'a quote (") stands in the middle of a quoted cell',
      undefined,
    ]);
  });

  test('a quote that is never closed costs its own row only', async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) =>
      index === 30_000 ? '7,"5 inch' : `${index},a long enough cell`,
    );
    const { rows } = await read(file(`a,b\n${lines.join('\n')}\n`));
    expect(rows).toHaveLength(lines.length);
    expect(rows.filter(({ problem }) => problem !== undefined).map(({ number }) => number)).toEqual([30_002]);
    expect(rows.at(-1)).toEqual({ number: 60_001, cells: ['59999', 'a long enough cell'] });
  });

  test('files that cannot be read are refused', async () => {
    const codes = [
      read(join(folder.path, 'none.csv')),
      read(file('')),
      read(file(Buffer.from([0x61, 0xff, 0xfe, 0x0a]))),
      read(file('a,b\n'), { encoding: 'klingon' }),
      read(file(Buffer.from('a,b\n'), 'cut.csv.gz')),
      read(file(gzipSync('a,b\n1,2\n'.repeat(1000)).subarray(0, 40), 'cut.csv.gz')),
    ].map(codeOf);
    expect(await Promise.all(codes)).toEqual(codes.map(() => 'import-failed'));
  });

  test('what a spreadsheet writes is read back, whatever is in the cells', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'Ö', '"', ',', ';', '\n', '\r\n', ' ', '🛠') });
    const table = fc.array(fc.tuple(fc.constantFrom('A', 'B'), cell, cell), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const text = Papa.unparse([['a', 'b', 'c'], ...rows], { quotes: true });
        expect(await cellsOf(text)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  test('a file that is larger than one piece is read whole', async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index},"Ö ""${index}""\n${index}"`);
    const { rows } = await read(file(`a,b\n${lines.join('\n')}\n`));
    expect(rows).toHaveLength(lines.length);
    expect(rows.every(({ number, cells }) => cells[1] === `Ö "${number - 2}"\n${number - 2}`)).toBe(true);
  });
});
