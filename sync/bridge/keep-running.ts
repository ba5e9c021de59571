import { clearTimeout, setTimeout as setSoundTimeout } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { decorrelatedJitterGenerator, ExponentialBackoff, type IBackoff } from 'cockatiel';
import { Fenced } from './kafka.ts';

/** Told when a piece of work ended and will begin again. */
export interface RunReport {
  /** It goes on without failing. */
  sound(name: string): void;
  failed(name: string, error: unknown, againMs: number): void;
  /** Another copy of the bridge has taken this over. */
  fenced(name: string): void;
}

/** A fenced owner waits for the group's word that it is one no longer, in milliseconds. */
const FENCED_MS = 4_000;

/** Work that went on for this long was sound; the next failure begins at the shortest wait, in milliseconds. */
const SOUND_MS = 5_000;

const backoff = new ExponentialBackoff({
  initialDelay: 100,
  maxDelay: 10_000,
  generator: decorrelatedJitterGenerator,
});

/** Runs work until the signal aborts, again after each failure: later each time, with jitter. */
export async function keepRunning(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  report: RunReport,
  signal: AbortSignal,
): Promise<void> {
  let wait: IBackoff<unknown> | undefined;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const sound = setSoundTimeout(() => report.sound(name), SOUND_MS);
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (performance.now() - startedMs > SOUND_MS) wait = undefined;
      wait = (wait ?? backoff).next(undefined);
      const againMs = error instanceof Fenced ? FENCED_MS : wait.duration;
      if (error instanceof Fenced) report.fenced(name);
      else report.failed(name, error, againMs);
      await setTimeout(againMs, undefined, { signal }).catch(() => undefined);
    } finally {
      clearTimeout(sound);
    }
  }
}
