/** Time for a throttle; a test drives its own. */
export interface ThrottleClock {
  nowMs(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Lets work through at a rate. */
export interface Throttle {
  /** Resolves when so many may go on: at their place in an even flow, with nothing saved up while nobody asked. */
  take(count: number): Promise<void>;
}

/** A throttle that lets `perSecond` through in each second; without a rate it lets everything through. */
export function createThrottle(perSecond: number | undefined, clock: ThrottleClock): Throttle {
  if (perSecond === undefined) return { take: () => Promise.resolve() };
  let freeMs = Number.NEGATIVE_INFINITY;
  return {
    async take(count) {
      const startMs = Math.max(clock.nowMs(), freeMs);
      freeMs = startMs + (count * 1_000) / perSecond;
      const waitMs = startMs - clock.nowMs();
      if (waitMs > 0) await clock.sleep(waitMs);
    },
  };
}
