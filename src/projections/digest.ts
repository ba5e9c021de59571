import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Store } from '../store/store.ts';
import type { Projection } from './projection.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 5_000;

export interface ProjectionDigest {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 over all rows of all its tables, in the order of their columns. */
  readonly sha256: string;
}

/** What a read model holds, as a number to compare: equal digests mean equal rows. */
export async function digestProjection(store: Store, projection: Projection): Promise<ProjectionDigest> {
  const hash = sha256.create();
  let rows = 0;
  for (const table of projection.tables) {
    hash.update(utf8ToBytes(`${table}\n`));
    for (let offset = 0; ; offset += PAGE_ROWS) {
      const page = await store.read({
        sql: `SELECT * FROM ${table} ORDER BY 1, 2, 3 LIMIT ? OFFSET ?`,
        args: [PAGE_ROWS, offset],
      });
      for (const row of page) hash.update(utf8ToBytes(`${JSON.stringify(row)}\n`));
      rows += page.length;
      if (page.length < PAGE_ROWS) break;
    }
  }
  return { name: projection.name, rows, sha256: bytesToHex(hash.digest()) };
}
