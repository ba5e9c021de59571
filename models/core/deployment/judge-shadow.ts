import type { ShadowFigures } from './shadow-comparison.ts';

export interface ShadowRules {
  /** A verdict needs so many requests whose loss is known on both sides. */
  readonly comparedMin: number;
  /** The candidate's mean loss may be this many times the live one's. */
  readonly lossRatioMax: number;
  /** Share of requests that the candidate may fail beyond what the live one fails. */
  readonly errorShareMax: number;
  /** The candidate's p95 may be this many times the live one's, once it is above `latencyFreeMs`. */
  readonly latencyRatioMax: number;
  /** Up to here nobody feels a difference, in milliseconds. */
  readonly latencyFreeMs: number;
}

export const SHADOW_RULES: ShadowRules = {
  comparedMin: 200,
  lossRatioMax: 1.02,
  errorShareMax: 0.005,
  latencyRatioMax: 3,
  latencyFreeMs: 10,
};

export interface Verdict {
  readonly decision: 'wait' | 'swap' | 'roll-back';
  /** In words, with the figures that it rests on. */
  readonly reason: string;
}

/** Failures in a few requests say enough: no verdict waits for the rest then. */
const FAILURES_AT_ONCE = 5;

/** Whether a candidate takes the live version's place after what both did with the same requests. */
export function judgeShadow(figures: ShadowFigures, rules: ShadowRules = SHADOW_RULES): Verdict {
  const { live, candidate, compared } = figures;
  const more = candidate.errors - live.errors;
  const failing = more > rules.errorShareMax * candidate.requests;
  if (failing && (more >= FAILURES_AT_ONCE || compared >= rules.comparedMin)) {
    return {
      decision: 'roll-back',
      reason: `It failed ${candidate.errors} of ${candidate.requests} requests; the live version failed ${live.errors}.`,
    };
  }
  if (compared < rules.comparedMin) {
    return { decision: 'wait', reason: `${compared} of ${rules.comparedMin} requests are compared so far.` };
  }
  const before = live.meanLoss ?? 0;
  const now = candidate.meanLoss ?? 0;
  if (now > rules.lossRatioMax * before) {
    return { decision: 'roll-back', reason: `Its mean loss is ${round(now)}; the live version has ${round(before)}.` };
  }
  const slowest = Math.max(rules.latencyFreeMs, rules.latencyRatioMax * live.latencyMs.p95);
  if (candidate.latencyMs.p95 > slowest) {
    return {
      decision: 'roll-back',
      reason: `Its p95 is ${round(candidate.latencyMs.p95)} ms; ${round(slowest)} ms are allowed beside the live version.`,
    };
  }
  return {
    decision: 'swap',
    reason: `Its mean loss is ${round(now)} against ${round(before)} over ${compared} requests.`,
  };
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
