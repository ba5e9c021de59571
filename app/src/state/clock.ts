import { signal } from '@preact/signals';

const TICK_MS = 20_000;

/** The time, moving on often enough for ages such as "3 min ago". */
export const now = signal(Date.now());

export function startClock(): void {
  setInterval(() => {
    now.value = Date.now();
  }, TICK_MS);
}
