import { SCAN_MODULE_BASE64 } from './scan-bytes.ts';
import { BLOCK_ROWS, type Scanner } from './scanner.ts';

const PAGE_BYTES = 65_536;
/** Codes that the WASM reads in a turn; shorter rows are filled up with zeros. */
const LANES = 16;
const FLOAT_BYTES = 4;

type Scan = (query: number, rows: number, scales: number, scores: number, width: number, count: number) => void;

/** Where the parts of one block are in the memory, in bytes; the blocks lie one after another behind the query. */
interface Block {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly scores: Float32Array;
}

/** The scanner of scan.wat; `undefined` where this platform has no SIMD or compiles nothing at run time. */
export function wasmScanner(dimensions: number, compiled?: WebAssembly.Module): Scanner | undefined {
  const width = Math.ceil(dimensions / LANES) * LANES;
  const queryBytes = width * Int16Array.BYTES_PER_ELEMENT;
  const blockBytes = BLOCK_ROWS * (width + FLOAT_BYTES + FLOAT_BYTES);
  const instance = instantiate(compiled);
  if (instance === undefined) return undefined;
  const { memory, scan: scanRows } = instance;
  let blocks: Block[] = [];

  const view = (index: number): Block => {
    const start = queryBytes + index * blockBytes;
    const scales = start + BLOCK_ROWS * width;
    return {
      codes: new Int8Array(memory.buffer, start, BLOCK_ROWS * width),
      scales: new Float32Array(memory.buffer, scales, BLOCK_ROWS),
      scores: new Float32Array(memory.buffer, scales + BLOCK_ROWS * FLOAT_BYTES, BLOCK_ROWS),
    };
  };
  const place = (row: number) => {
    const block = blocks[Math.floor(row / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`Row ${row} is not reserved`);
    return { block, index: row % BLOCK_ROWS };
  };

  return {
    kind: 'wasm-simd',
    reserve(rows) {
      const needed = Math.ceil(rows / BLOCK_ROWS);
      if (needed <= blocks.length) return;
      const missing = queryBytes + needed * blockBytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      // Views end with the buffer that growing leaves behind.
      blocks = Array.from({ length: needed }, (_, index) => view(index));
    },
    write(row, codes, scale) {
      const { block, index } = place(row);
      block.codes.set(codes, index * width);
      block.scales[index] = scale;
    },
    copy(from, to) {
      const source = place(from);
      const start = source.index * width;
      this.write(to, source.block.codes.subarray(start, start + dimensions), source.block.scales[source.index] ?? 0);
    },
    scan(query, count, visit) {
      new Int16Array(memory.buffer, 0, dimensions).set(query);
      for (let first = 0; first < count; first += BLOCK_ROWS) {
        const { block } = place(first);
        const rows = Math.min(BLOCK_ROWS, count - first);
        // The last turn may score up to three rows that nobody reads.
        const whole = Math.ceil(rows / 4) * 4;
        scanRows(0, block.codes.byteOffset, block.scales.byteOffset, block.scores.byteOffset, width, whole);
        visit(block.scores.subarray(0, rows), first);
      }
    },
  };
}

function instantiate(compiled: WebAssembly.Module | undefined): { memory: WebAssembly.Memory; scan: Scan } | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const module = compiled ?? new WebAssembly.Module(Uint8Array.from(atob(SCAN_MODULE_BASE64), byteOf));
    const { scan } = new WebAssembly.Instance(module, { index: { memory } }).exports;
    return { memory, scan: scan as Scan };
  } catch {
    // No WebAssembly, no SIMD, or an embedder or a content security policy that forbids compiling: the other scanner serves.
    return undefined;
  }
}

const byteOf = (character: string) => character.charCodeAt(0);
