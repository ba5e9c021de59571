import type { Ports } from '../core/ports.ts';

/** Ports that a test drives: the same seed and the same steps give the same run. */
export interface SimulatedPorts extends Ports {
  /** Lets time pass, in milliseconds; timers that fall due run. */
  advance(milliseconds: number): void;
}

/** A clock that stands until it is moved, ids that count up, and a scheduler that never waits. */
export function simulatedPorts(startMs: number): SimulatedPorts {
  let nowMs = startMs;
  let ids = 0;
  const timers = new Set<{ everyMs: number; dueMs: number; run: () => void }>();
  return {
    clock: { nowMs: () => nowMs },
    random: {
      uuid: () => {
        ids += 1;
        const time = nowMs.toString(16).padStart(12, '0').slice(-12);
        const count = ids.toString(16).padStart(12, '0');
        return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
      },
    },
    scheduler: {
      yield: () => Promise.resolve(),
      every: (everyMs, run) => {
        const timer = { everyMs, dueMs: nowMs + everyMs, run };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    advance(milliseconds) {
      nowMs += milliseconds;
      for (const timer of timers) {
        while (timer.dueMs <= nowMs) {
          timer.dueMs += timer.everyMs;
          timer.run();
        }
      }
    },
  };
}
