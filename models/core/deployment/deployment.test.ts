import { describe, expect, it } from 'vitest';
import { createPrng } from '../../../edge/demo/prng.ts';
import { judgeShadow, SHADOW_RULES } from './judge-shadow.ts';
import { type Observation, ShadowComparison } from './shadow-comparison.ts';

/** Both versions get the same requests; the candidate's loss is the live one's times `ratio`, with noise. */
function run(requests: number, ratio: number, candidate: (request: number) => Partial<Observation> = () => ({})) {
  const prng = createPrng(3, `shadow ${ratio}`);
  const shadow = new ShadowComparison();
  for (let request = 0; request < requests; request += 1) {
    const loss = prng.between(1, 3);
    const other = { latencyMs: 4, loss: loss * ratio * prng.between(0.9, 1.1), ...candidate(request) };
    shadow.add({ latencyMs: 4, loss }, other, prng.chance(0.9));
  }
  return shadow.figures();
}

describe('a model that runs in the shadow of the live one', () => {
  it('takes its place when it is as good', () => {
    const figures = run(400, 0.95);
    expect(figures.agreement).toBeGreaterThan(0.8);
    expect(judgeShadow(figures)).toMatchObject({ decision: 'swap' });
  });

  it('is rolled back when it is worse, with both figures in the reason', () => {
    const verdict = judgeShadow(run(400, 1.3));
    expect(verdict.decision).toBe('roll-back');
    expect(verdict.reason).toMatch(/mean loss is [\d.]+; the live version has [\d.]+/);
  });

  it('waits until enough requests are compared', () => {
    expect(judgeShadow(run(SHADOW_RULES.comparedMin - 1, 0.5)).decision).toBe('wait');
    expect(judgeShadow(run(SHADOW_RULES.comparedMin, 0.5)).decision).toBe('swap');
    expect(judgeShadow(new ShadowComparison().figures()).decision).toBe('wait');
  });

  it('is rolled back at once when it fails, however good its other answers are', () => {
    const figures = run(20, 0.5, (request) => (request < 5 ? { failed: true, loss: undefined } : {}));
    expect(figures.compared).toBe(15);
    expect(judgeShadow(figures)).toMatchObject({ decision: 'roll-back' });
  });

  it('is not blamed for one failure among few', () => {
    const figures = run(20, 0.5, (request) => (request === 0 ? { failed: true, loss: undefined } : {}));
    expect(judgeShadow(figures).decision).toBe('wait');
  });

  it('is rolled back when it is much slower where people feel it', () => {
    expect(judgeShadow(run(400, 0.9, () => ({ latencyMs: 60 }))).decision).toBe('roll-back');
    expect(judgeShadow(run(400, 0.9, () => ({ latencyMs: 9 }))).decision).toBe('swap');
  });

  it('reports the latency of each side', () => {
    const figures = run(100, 1, (request) => ({ latencyMs: request + 1 }));
    expect(figures.candidate.latencyMs).toEqual({ p50: 51, p95: 96, p99: 100, max: 100 });
    expect(figures.live.latencyMs.p99).toBe(4);
  });
});
