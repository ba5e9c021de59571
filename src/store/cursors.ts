import type { Lane } from '../core/event.ts';
import type { InsertStatement, Store } from './store.ts';

/** The names of the cursors, in one place. A restore starts a new epoch, and with it new cursors. */
export const CURSORS = {
  /** The last sequence of a lane and epoch that the hub's stream has. */
  acked: (lane: Lane, epoch: number) => `up:${lane}:${epoch}:acked`,
  /** The last sequence of a lane and epoch that the centre confirmed to have. */
  receipted: (lane: Lane, epoch: number) => `up:${lane}:${epoch}:receipted`,
  /** The last place of a down stream that was applied here. */
  applied: (stream: string) => `down:${stream}:applied`,
} as const;

export interface Cursor {
  readonly value: number;
  readonly updatedAtMs: number;
}

/** A cursor, or `undefined` when it was never set. */
export async function readCursor(store: Store, name: string): Promise<Cursor | undefined> {
  const [row] = await store.read({ sql: 'SELECT value, updated_at_ms FROM cursors WHERE name = ?', args: [name] });
  return row === undefined ? undefined : { value: Number(row.value), updatedAtMs: Number(row.updated_at_ms) };
}

/** The statement that moves a cursor; it never moves back. */
export function cursorStatement(name: string, value: number, nowMs: number): InsertStatement {
  return {
    insert: 'cursors',
    columns: ['name', 'value', 'updated_at_ms'],
    rows: [[name, value, nowMs]],
    onConflict:
      'ON CONFLICT(name) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms WHERE excluded.value > cursors.value',
  };
}
