import { useEffect } from 'preact/hooks';
import { type Notice, onNotice } from './notifications.ts';

/** Several notices in a row make one reload. */
const SETTLE_MS = 200;

/** Loads again a moment after notices that concern what is shown. */
export function useReloadOn(reload: () => void, concerns: (notice: Notice) => boolean): void {
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const stop = onNotice((notice) => {
      if (!concerns(notice)) return;
      clearTimeout(soon);
      soon = setTimeout(reload, SETTLE_MS);
    });
    return () => {
      clearTimeout(soon);
      stop();
    };
  }, [reload]);
}
