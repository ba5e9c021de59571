/** Lets loops sleep until something has changed, without missing a change that comes before they sleep. */
export interface Signal {
  /** Grows with each change. */
  version(): number;
  /** Something has changed. */
  raise(): void;
  /** Resolves when the version is no longer `seen`, after the time, or when the signal aborts. */
  changed(seen: number, withinMs: number, signal: AbortSignal): Promise<void>;
}

export function createSignal(): Signal {
  let version = 0;
  const waiting = new Set<() => void>();
  return {
    version: () => version,
    raise() {
      version += 1;
      for (const wake of waiting) wake();
    },
    changed(seen, withinMs, signal) {
      if (version !== seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, withinMs);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    },
  };
}
