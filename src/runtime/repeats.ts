import { EVENT_COLUMNS, fromRow } from '../store/log.ts';
import type { Store } from '../store/store.ts';
import type { Committed, Task } from './task.ts';

/** Earlier commits, by the names that make a repetition known. */
export type Repeats = Map<string, { readonly digest: string; readonly committed: Committed }>;

/** What a task can be known by: its idempotency key and the ids of events from elsewhere. */
export function repeatNames(task: Task): string[] {
  return [
    ...(task.idempotency === undefined ? [] : [`key:${task.idempotency.key}`]),
    ...(task.eventIds ?? []).map((id) => `id:${id}`),
  ];
}

/** Earlier commits by idempotency key and by event id, for the tasks of a group. */
export async function loadRepeats(store: Store, group: readonly { readonly task: Task }[]): Promise<Repeats> {
  const known: Repeats = new Map();
  const keys = group.flatMap(({ task }) => task.idempotency?.key ?? []);
  if (keys.length > 0) {
    const rows = await store.read({
      sql: `SELECT ${EVENT_COLUMNS}, idempotency_key, request_digest FROM events WHERE idempotency_key IN (SELECT value FROM json_each(?))`,
      args: [JSON.stringify(keys)],
    });
    for (const row of rows) {
      known.set(`key:${String(row.idempotency_key)}`, {
        digest: String(row.request_digest),
        committed: { events: [fromRow(row)], repeated: true },
      });
    }
  }
  const ids = group.flatMap(({ task }) => task.eventIds ?? []);
  if (ids.length > 0) {
    const rows = await store.read({
      sql: `SELECT ${EVENT_COLUMNS} FROM events WHERE id IN (SELECT value FROM json_each(?))`,
      args: [JSON.stringify(ids)],
    });
    for (const row of rows) {
      known.set(`id:${String(row.id)}`, { digest: '', committed: { events: [fromRow(row)], repeated: true } });
    }
  }
  return known;
}
