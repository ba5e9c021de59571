import { setImmediate } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Ports } from '../../src/core/ports.ts';

/** The ports on Node: the system clock, random UUIDv7s, and a turn of the event loop. */
export const nodePorts: Ports = {
  clock: { nowMs: () => Date.now() },
  random: { uuid: uuidv7 },
  scheduler: {
    yield: () => setImmediate(),
    every: (everyMs, run) => {
      const timer = setInterval(run, everyMs);
      // A timer alone must not keep the process alive.
      timer.unref();
      return () => clearInterval(timer);
    },
  },
};
