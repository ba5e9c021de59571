import { describe, expect, it } from 'vitest';
import {
  coverage,
  meanAbsoluteScaledError,
  meanPinball,
  pinball,
  type ScoredSeries,
  seasonalNaiveError,
  WQL_LEVELS,
  weightedQuantileLoss,
} from './forecast-metrics.ts';

const scored = (
  history: readonly (number | undefined)[],
  actual: readonly (number | undefined)[],
  forecast: (level: number) => readonly number[],
): ScoredSeries => ({ history, actual, quantiles: new Map(WQL_LEVELS.map((level) => [level, forecast(level)])) });

describe('forecast metrics', () => {
  it('charges a quantile by the side it misses on', () => {
    expect(pinball(10, 6, 0.9)).toBeCloseTo(3.6);
    expect(pinball(6, 10, 0.9)).toBeCloseTo(0.4);
    expect(pinball(6, 6, 0.5)).toBe(0);
  });

  it('gives a weighted quantile loss of exactly 1 to zeros everywhere, and 0 to a perfect forecast', () => {
    expect(weightedQuantileLoss([scored([1], [3, 0, 5], () => [0, 0, 0])])).toBeCloseTo(1, 12);
    expect(weightedQuantileLoss([scored([1], [3, 0, 5], () => [3, 0, 5])])).toBe(0);
  });

  it('weighs all series together by their volume', () => {
    // A constant forecast c has a mean loss of |y − c|: levels and 1 − levels average one half, times two.
    const small = scored([1], [2], () => [1]);
    const large = scored([1], [18], () => [12]);
    expect(weightedQuantileLoss([small, large])).toBeCloseTo((1 + 6) / 20, 12);
  });

  it('scales errors by the seasonal naive of the history', () => {
    // Season 2: |5−1|, |2−2|, |9−5| have a mean of 8/3. The median misses by 1 and 3.
    const series = scored([1, 2, 5, 2, 9], [10, 4], () => [9, 7]);
    expect(seasonalNaiveError(series.history, 2)).toBeCloseTo(8 / 3);
    expect(meanAbsoluteScaledError([series], 2)).toEqual({ mase: 2 / (8 / 3), leftOut: 0 });
  });

  it('leaves series without a scale out of MASE and says how many', () => {
    const flat = scored([0, 0, 0], [1], () => [0]);
    const moving = scored([0, 2], [1], () => [0]);
    expect(meanAbsoluteScaledError([flat, moving], 12)).toEqual({ mase: 0.5, leftOut: 1 });
  });

  it('counts what lies within the band, its ends included, and skips what is absent', () => {
    const series = scored([1], [1, 2, undefined, 9], (level) => (level === 0.1 ? [1, 1, 1, 1] : [3, 3, 3, 3]));
    expect(coverage([series], 0.1, 0.9)).toBeCloseTo(2 / 3);
    expect(meanPinball([series], 0.9)).toBeCloseTo((0.1 * 2 + 0.1 * 1 + 0.9 * 6) / 3);
  });

  it('refuses a quantile that was not forecast', () => {
    expect(() => meanPinball([scored([1], [1], () => [1])], 0.99)).toThrow(RangeError);
  });
});
