import { useCallback, useEffect, useState } from 'preact/hooks';
import { boxReachable } from '../api/http.ts';

/** Something that is loaded from the box. While it is loaded again, what was there stays visible. */
export interface Resource<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
  readonly set: (data: Data) => void;
}

interface Loaded<Data> {
  readonly key: string;
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly loading: boolean;
}

/** Loads when the key changes, when asked to, and again by itself once an unreachable box is back. */
export function useResource<Data>(
  key: string,
  load: (signal: AbortSignal) => Promise<Data>,
  keepAcrossKeys = false,
): Resource<Data> {
  const [state, setState] = useState<Loaded<Data>>({ key, loading: true });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((now) => now + 1), []);
  const reachable = boxReachable.value;

  useEffect(() => {
    const controller = new AbortController();
    setState((old) => ({ key, loading: true, data: keepAcrossKeys || old.key === key ? old.data : undefined }));
    load(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ key, data, loading: false });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState((old) => ({ key, data: old.data, error, loading: false }));
      },
    );
    return () => controller.abort();
  }, [key, round]);

  useEffect(() => {
    if (reachable === true && state.error !== undefined) reload();
  }, [reachable]);

  const set = useCallback((data: Data) => setState({ key, data, loading: false }), [key]);
  const current = state.key === key || keepAcrossKeys;
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: state.loading || state.key !== key,
    reload,
    set,
  };
}
