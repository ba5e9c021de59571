import type { Store } from '../store/store.ts';

/** Who writes: an event made here is named by device, epoch, lane and sequence. */
export interface Identity {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly locationId: string;
  /** Starts anew whenever the database may have lost its tail, so that no sequence is ever used twice. */
  readonly epoch: number;
}

/**
 * The epoch of this database; a new database starts one. Epochs are seconds since 1970, so that one begun after a
 * restore differs from every earlier one, even when the same backup is restored twice.
 */
export async function readEpoch(store: Store, nowMs: number): Promise<number> {
  const [row] = await store.read({ sql: "SELECT value FROM meta WHERE key = 'epoch'" });
  if (row !== undefined) return Number(row.value);
  return startEpoch(store, nowMs);
}

/** Begins a new epoch: for a new database, and after a restore. */
export async function startEpoch(store: Store, nowMs: number): Promise<number> {
  const [row] = await store.read({
    sql: "SELECT max(coalesce((SELECT max(epoch) FROM events), 0), coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'epoch'), 0)) AS last",
  });
  const epoch = Math.max(Number(row?.last ?? 0) + 1, Math.floor(nowMs / 1000));
  await store.batch([
    {
      insert: 'meta',
      columns: ['key', 'value'],
      rows: [['epoch', String(epoch)]],
      onConflict: 'ON CONFLICT(key) DO UPDATE SET value = excluded.value',
    },
  ]);
  return epoch;
}

/** Crockford's base 32 (https://www.crockford.com/base32.html): no letter that is read as a digit. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 2025-01-01, so that a series stays short. */
const SERIES_START_S = 1_735_689_600;

/**
 * What order numbers of one epoch begin with. Each epoch has its own series, because a restored backup cannot know
 * which numbers were given out after it was made.
 */
export function orderNumberPrefix(identity: Identity): string {
  let rest = Math.max(0, identity.epoch - SERIES_START_S);
  let series = '';
  do {
    series = (DIGITS[rest % 32] ?? '') + series;
    rest = Math.floor(rest / 32);
  } while (rest > 0);
  return `${identity.dealerId}-${identity.deviceId}-${series}-`;
}

/** The number that comes after the ones given out in this epoch. */
export async function readNextOrderNumber(store: Store, prefix: string): Promise<number> {
  const [row] = await store.read({
    sql: 'SELECT coalesce(max(CAST(substr(order_number, ?) AS INTEGER)), 0) AS last FROM orders WHERE order_number >= ? AND order_number < ?',
    args: [prefix.length + 1, prefix, `${prefix.slice(0, -1)}.`],
  });
  return Number(row?.last ?? 0) + 1;
}

/** An order number of a series. */
export function formatOrderNumber(prefix: string, number: number): string {
  return prefix + String(number).padStart(6, '0');
}
