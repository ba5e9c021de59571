import { useState } from 'preact/hooks';
import type { Page } from '../api/types.ts';
import { announce } from './announce.ts';
import { problemText } from './problem-text.ts';
import { type Resource, useResource } from './resource.ts';

export interface Pages<Item, Extra extends Page<Item>> extends Resource<Extra> {
  readonly more: (() => void) | undefined;
  readonly loadingMore: boolean;
}

/** A list that grows page by page. */
export function usePages<Item, Extra extends Page<Item>>(
  key: string,
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Extra>,
): Pages<Item, Extra> {
  const first = useResource(key, (signal) => load(undefined, signal), true);
  const [loadingMore, setLoadingMore] = useState(false);
  const cursor = first.data?.nextCursor;
  const more = async () => {
    setLoadingMore(true);
    try {
      const next = await load(cursor);
      first.set({ ...next, items: [...(first.data?.items ?? []), ...next.items] });
    } catch (error) {
      announce(problemText(error));
    } finally {
      setLoadingMore(false);
    }
  };
  return { ...first, more: cursor === undefined || first.loading ? undefined : () => void more(), loadingMore };
}
