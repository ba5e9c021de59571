import type { EntityKey, View } from '../commands/command.ts';
import type { Store } from '../store/store.ts';
import { WorkingSet } from './working-set.ts';

/** Committed state for reading, loaded for some keys. */
export async function readView(store: Store, keys: Iterable<EntityKey>): Promise<View> {
  const view = new WorkingSet(store);
  await view.load(keys);
  return view;
}
