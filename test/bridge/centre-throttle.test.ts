import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../sync/bridge/replay/throttle.ts';

describe('a throttle', () => {
  it('lets no more through in any second than its rate and one batch', async () => {
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      sleep: (ms: number) => {
        nowMs += ms;
        return Promise.resolve();
      },
    };
    const throttle = createThrottle(100, clock);
    const passed: number[] = [];
    for (let batch = 0; batch < 100; batch += 1) {
      await throttle.take(10);
      passed.push(nowMs);
      // The work between two batches takes time of its own, and now and then much longer.
      nowMs += batch % 20 === 0 ? 700 : 3;
    }
    for (const startMs of passed) {
      const within = passed.filter((ms) => ms >= startMs && ms < startMs + 1_000).length * 10;
      expect(within).toBeLessThanOrEqual(110);
    }
    expect(nowMs).toBeGreaterThan(9_900);
  });
});
