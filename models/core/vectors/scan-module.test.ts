import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCAN_MODULE_BASE64 } from './scan-bytes.ts';
import { javascriptScanner } from './scan-javascript.ts';
import { wasmScanner } from './scan-wasm.ts';
import { DIMENSIONS_MAX, QUERY_LEVELS, ROW_LEVELS, type Scanner } from './scanner.ts';
import { assemble } from './wat-assembler.ts';

const text = readFileSync(new URL('scan.wat', import.meta.url), 'utf8');

function scoresOf(scanner: Scanner | undefined, rows: readonly Int8Array[], query: Int16Array): number[] {
  const scores: number[] = [];
  scanner?.reserve(rows.length);
  for (const [row, codes] of rows.entries()) scanner?.write(row, codes, (row + 1) / 7);
  scanner?.scan(query, rows.length, (block) => scores.push(...block));
  return scores;
}

describe('the module of scan.wat', () => {
  test('is the one that is committed', () => {
    expect(Buffer.from(assemble(text)).toString('base64')).toBe(SCAN_MODULE_BASE64);
  });

  test.each([1, 15, 16, 17, 384])('scores to the bit as JavaScript does, at %d dimensions', (dimensions) => {
    const rows = Array.from({ length: 1_030 }, (_, row) =>
      Int8Array.from({ length: dimensions }, (_, at) => ((row * 31 + at * 17) % 255) - 127),
    );
    const query = Int16Array.from({ length: dimensions }, (_, at) => ((at * 911) % 4_095) - 2_047);
    const wasm = scoresOf(wasmScanner(dimensions), rows, query);
    expect(wasm).toHaveLength(rows.length);
    expect(wasm).toEqual(scoresOf(javascriptScanner(dimensions), rows, query));
  });

  test('does not overflow at the most dimensions and the largest codes', () => {
    const row = new Int8Array(DIMENSIONS_MAX).fill(-ROW_LEVELS);
    const query = new Int16Array(DIMENSIONS_MAX).fill(QUERY_LEVELS);
    const [score] = scoresOf(wasmScanner(DIMENSIONS_MAX), [row], query);
    expect(score).toBe(Math.fround(Math.fround(-ROW_LEVELS * QUERY_LEVELS * DIMENSIONS_MAX) * Math.fround(1 / 7)));
  });

  test('runs from a module that was compiled before', () => {
    const module = new WebAssembly.Module(Buffer.from(SCAN_MODULE_BASE64, 'base64'));
    expect(wasmScanner(4, module)?.kind).toBe('wasm-simd');
  });
});

describe('the assembler', () => {
  test.each([
    ['(module (func (export "f") i64.add))', 'No such instruction here: i64.add'],
    ['(module (func (export "f") local.get $x))', 'No such local: $x'],
    ['(module (func (export "f") loop $a))', 'No end of $a'],
    ['(module (table 1))', 'Not known here: table'],
    ['(module', 'The brackets do not match'],
  ])('says what it does not know in %s', (source, message) => {
    expect(() => assemble(source)).toThrow(message);
  });
});
