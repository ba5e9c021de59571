import type { Store } from './store.ts';

const KEY = 'sync:paused';

/** Whether an operator has paused the link; it stays so over a restart. */
export async function readPaused(store: Store): Promise<boolean> {
  const [row] = await store.read({ sql: 'SELECT value FROM meta WHERE key = ?', args: [KEY] });
  return row?.value === '1';
}

/** Notes the operator's word. */
export async function writePaused(store: Store, paused: boolean): Promise<void> {
  await store.batch([
    {
      insert: 'meta',
      columns: ['key', 'value'],
      rows: [[KEY, paused ? '1' : '0']],
      onConflict: 'ON CONFLICT(key) DO UPDATE SET value = excluded.value',
    },
  ]);
}
