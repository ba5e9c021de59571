import { javascriptScanner } from './scan-javascript.ts';
import { wasmScanner } from './scan-wasm.ts';

/** Rows that a scanner takes memory for at a time. A multiple of 4, which is what the WASM scans in a turn. */
export const BLOCK_ROWS = 1_024;
/** The codes of a vector go from -127 to 127, so that a sign never costs a bit more on one side. */
export const ROW_LEVELS = 127;
/** The query is held as i16, finer than the rows. */
export const QUERY_LEVELS = 2_047;
/** The longest vector whose dot product cannot overflow an i32: 2,047 × 127 × 8,192 < 2³¹. */
export const DIMENSIONS_MAX = 8_192;

/** Holds int8 rows with a scale each, and scores all of them against a query. Every scanner gives the same bits. */
export interface Scanner {
  readonly kind: 'wasm-simd' | 'javascript';
  /** Takes memory until `rows` fit. @throws {RangeError} where there is no more; what was there stays */
  reserve(rows: number): void;
  /** The codes must be of the scanner's dimensions, and the row reserved. */
  write(row: number, codes: Int8Array, scale: number): void;
  copy(from: number, to: number): void;
  /**
   * Scores the first `count` rows: f32(integer dot product) × scale, rounded to f32. `visit` is handed a block of
   * scores at a time, with the row of its first; they are overwritten by the next scan.
   */
  scan(query: Int16Array, count: number, visit: (scores: Float32Array, firstRow: number) => void): void;
}

/**
 * The WASM scanner where this platform has SIMD and lets a module be compiled, otherwise the JavaScript one, which
 * ranks alike. Cloudflare Workers compile nothing at run time: hand in a `module` that was bundled there.
 */
export function bestScanner(dimensions: number, module?: WebAssembly.Module): Scanner {
  return wasmScanner(dimensions, module) ?? javascriptScanner(dimensions);
}
