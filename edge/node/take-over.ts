import type { Store } from '../../src/store/store.ts';

const KEY = 'sync:take-over';

/** The other device's last event that an operator allowed this box to follow, as sync/core/resume.ts names it. */
export async function readTakeOver(store: Store): Promise<string | undefined> {
  const [row] = await store.read({ sql: 'SELECT value FROM meta WHERE key = ?', args: [KEY] });
  return row === undefined ? undefined : String(row.value);
}

/** Notes the operator's word. */
export async function writeTakeOver(store: Store, token: string): Promise<void> {
  await store.batch([
    {
      insert: 'meta',
      columns: ['key', 'value'],
      rows: [[KEY, token]],
      onConflict: 'ON CONFLICT(key) DO UPDATE SET value = excluded.value',
    },
  ]);
}
