import { BLOCK_ROWS, type Scanner } from './scanner.ts';

interface Block {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

/** The scanner for platforms without WASM SIMD. */
export function javascriptScanner(dimensions: number): Scanner {
  const blocks: Block[] = [];
  const scores = new Float32Array(BLOCK_ROWS);

  const place = (row: number) => {
    const block = blocks[Math.floor(row / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`Row ${row} is not reserved`);
    return { block, index: row % BLOCK_ROWS };
  };

  return {
    kind: 'javascript',
    reserve(rows) {
      while (blocks.length * BLOCK_ROWS < rows) {
        blocks.push({ codes: new Int8Array(BLOCK_ROWS * dimensions), scales: new Float32Array(BLOCK_ROWS) });
      }
    },
    write(row, codes, scale) {
      const { block, index } = place(row);
      block.codes.set(codes, index * dimensions);
      block.scales[index] = scale;
    },
    copy(from, to) {
      const source = place(from);
      const start = source.index * dimensions;
      this.write(to, source.block.codes.subarray(start, start + dimensions), source.block.scales[source.index] ?? 0);
    },
    scan(query, count, visit) {
      for (let first = 0; first < count; first += BLOCK_ROWS) {
        const { block } = place(first);
        const rows = Math.min(BLOCK_ROWS, count - first);
        for (let row = 0; row < rows; row += 1) {
          scores[row] = Math.fround(dot(query, block.codes, row * dimensions)) * (block.scales[row] ?? 0);
        }
        visit(scores.subarray(0, rows), first);
      }
    },
  };
}

/** Whole numbers below 2³¹ are exact in a double, so this is what the i32 lanes give. */
function dot(query: Int16Array, codes: Int8Array, start: number): number {
  let sum = 0;
  for (let index = 0; index < query.length; index += 1) sum += (query[index] ?? 0) * (codes[start + index] ?? 0);
  return sum;
}
