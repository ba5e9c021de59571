import type { Runtime } from '../../runtime.ts';
import type { Row, SqlValue } from '../../store/store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { keywordQuery } from './keyword-query.ts';

/** Stock at or under this many pieces is called low. */
const LOW_PIECES = 3;

/** The levels of a stock row, with how old they are. */
export function stockLevels(row: Row, nowMs: number) {
  const changedAt = String(row.changed_at);
  return {
    onHand: Number(row.on_hand),
    reserved: Number(row.reserved),
    available: Number(row.available),
    backordered: Number(row.backordered),
    changedAt,
    ageMs: Math.max(0, nowMs - Date.parse(changedAt)),
  };
}

/** A page of stock, in the order of SKUs. */
export async function listInventory(
  runtime: Runtime,
  query: {
    limit: number;
    cursor?: string | undefined;
    q?: string | undefined;
    sku?: string | undefined;
    state: 'all' | 'low' | 'out';
  },
) {
  const [after] = query.cursor === undefined ? [''] : decodeCursor(query.cursor, ['text']);
  const where = ['s.sku > ?'];
  const args: SqlValue[] = [after];
  if (query.sku !== undefined) {
    where.push('s.sku = ?');
    args.push(query.sku);
  }
  const match = query.q === undefined ? undefined : keywordQuery(query.q);
  if (match !== undefined) {
    where.push('p.number IN (SELECT rowid FROM products_fts WHERE products_fts MATCH ?)');
    args.push(match);
  }
  if (query.state === 'out') where.push('s.available = 0');
  if (query.state === 'low') {
    where.push('s.available <= ?');
    args.push(LOW_PIECES);
  }
  const rows = await runtime.store.read({
    sql: `SELECT s.*, coalesce(p.name, s.sku) AS name FROM stock s LEFT JOIN products p ON p.sku = s.sku
      WHERE ${where.join(' AND ')} ORDER BY s.sku LIMIT ?`,
    args: [...args, query.limit + 1],
  });
  const nowMs = runtime.ports.clock.nowMs();
  const items = rows.slice(0, query.limit).map((row) => ({
    sku: String(row.sku),
    name: String(row.name),
    unit: String(row.unit),
    locationId: String(row.location_id),
    ...stockLevels(row, nowMs),
  }));
  const last = items.at(-1);
  return {
    items,
    ...(rows.length > query.limit && last !== undefined ? { nextCursor: encodeCursor([last.sku]) } : {}),
  };
}
