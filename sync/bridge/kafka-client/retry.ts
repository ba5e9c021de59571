import { setTimeout as delay } from 'node:timers/promises';
import { mayRetry } from './broker-answer.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** How long to wait before try number `attempt` (from 1), with jitter so that copies do not retry in step. */
export function pauseMs(attempt: number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return full * (0.75 + Math.random() / 2);
}

/**
 * Tries again what may succeed later, until it does or the time is over; then throws the last error.
 * `beforeRetry` sees every error that is retried.
 */
export async function retrying<T>(
  deadlineMs: number,
  attempt: () => Promise<T>,
  beforeRetry: (error: Error) => void = () => {},
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayRetry(error) || Date.now() >= deadlineMs || signal?.aborted) throw error;
      beforeRetry(error);
      await delay(pauseMs(tries), undefined, signal === undefined ? {} : { signal });
    }
  }
}
