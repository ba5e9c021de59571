import { definitions } from '../events/catalog.ts';
import { validatePayload } from '../events/validate.ts';
import type { SqlStatement, Store } from '../store/store.ts';

/** Rows that one batch brings up to date. */
const BATCH_ROWS = 1_000;

/**
 * After an update of the program, gives logged events of older versions their payload in the current shape
 * (`applied`); what was logged stays as it was. Returns how many rows that were.
 */
export async function upcastStored(store: Store): Promise<number> {
  let done = 0;
  for (const definition of definitions) {
    if (definition.version === 1) continue;
    let after = 0;
    for (;;) {
      const rows = await store.read({
        sql: 'SELECT position, version, data FROM events WHERE type = ? AND version < ? AND applied IS NULL AND position > ? ORDER BY position LIMIT ?',
        args: [definition.type, definition.version, after, BATCH_ROWS],
      });
      const last = rows.at(-1);
      if (last === undefined) break;
      const updates: SqlStatement[] = [];
      for (const row of rows) {
        const validation = validatePayload(definition.type, Number(row.version), JSON.parse(String(row.data)));
        if (validation.outcome !== 'ok') continue;
        updates.push({
          sql: 'UPDATE events SET applied = ? WHERE position = ?',
          args: [JSON.stringify(validation.data), Number(row.position)],
        });
      }
      if (updates.length > 0) await store.batch(updates);
      done += updates.length;
      after = Number(last.position);
    }
  }
  return done;
}
