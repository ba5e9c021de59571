import { aheadOf, ETS_FORMS, type EtsForm, type EtsParameters, runEts } from './ets-model.ts';
import { perSeries } from './method.ts';
import { minimise } from './nelder-mead.ts';
import { seasonalIndices } from './seasonal-index.ts';
import { normalPrediction } from './spread.ts';

/** Longer histories are cut: what lies further back says little and costs time. */
const PERIODS_MAX = 240;

/**
 * Exponential smoothing with the form (error, damped trend, season) of the lowest AICc (Hyndman et al. 2002).
 * Smoothing factors, first level and first slope are fitted by likelihood; the first seasonal indices come from
 * classical decomposition.
 */
export const ets = perSeries('ets', ({ values: all }, { horizon, seasonLength }) => {
  const values = all.subarray(Math.max(0, all.length - PERIODS_MAX));
  if (values.length < 4) {
    const last = values.at(-1) ?? 0;
    const row = new Array<number>(horizon).fill(last);
    return normalPrediction(
      'ets',
      row,
      row.map((value, step) => Math.sqrt((step + 1) * value)),
    );
  }
  const positive = values.every((value) => value > 0);
  const seasonal = seasonLength > 1 && values.length >= 2 * seasonLength + 1;
  let best: Fit | undefined;
  for (const form of ETS_FORMS) {
    if (form.relativeError && !positive) continue;
    if (form.season !== 'none' && !seasonal) continue;
    const fit = fitForm(values, form, seasonLength);
    if (fit !== undefined && (best === undefined || fit.aicc < best.aicc)) best = fit;
  }
  if (best === undefined) throw new RangeError('The additive form without trend fits every series.');
  const { form, at, first } = best;
  const run = runEts(values, form, at, first.slice());
  const { mean, deviation } = aheadOf(run, form, at, values.length, horizon);
  const ratio = Math.sqrt(values.length / Math.max(1, values.length - best.fitted));
  return normalPrediction(
    'ets',
    mean,
    deviation.map((value) => value * ratio),
  );
});

interface Fit {
  readonly form: EtsForm;
  readonly at: EtsParameters;
  readonly first: Float64Array;
  /** How many parameters were fitted besides seasonal indices. */
  readonly fitted: number;
  readonly aicc: number;
}

function fitForm(values: Float64Array, form: EtsForm, seasonLength: number): Fit | undefined {
  const seasonal = form.season !== 'none';
  const multiplies = form.season === 'multiplicative';
  const first = seasonal ? seasonalIndices(values, seasonLength, multiplies) : new Float64Array(0);
  const { level, slope, scale } = firstLine(values, first, multiplies);
  const hasTrend = form.trend !== 'none';
  const parameters = (x: readonly number[]): EtsParameters => {
    const alpha = 0.001 + 0.998 * share(x[0]);
    let next = 2;
    const beta = hasTrend ? alpha * share(x[next++]) * 0.999 : 0;
    const startSlope = hasTrend ? slope + scale * 0.1 * (x[next++] ?? 0) : 0;
    const damping = form.trend === 'damped' ? 0.8 + 0.18 * share(x[next++]) : 1;
    const gamma = seasonal ? (1 - alpha) * share(x[next++]) : 0;
    return { alpha, beta, gamma, damping, level: level + scale * (x[1] ?? 0), slope: startSlope };
  };
  const start = [
    -1,
    0,
    ...(hasTrend ? [-2, 0] : []),
    ...(form.trend === 'damped' ? [1] : []),
    ...(seasonal ? [-3] : []),
  ];
  const work = first.slice();
  const cost = (x: readonly number[]) => {
    work.set(first);
    return runEts(values, form, parameters(x), work).cost;
  };
  const found = minimise(cost, start, { steps: 40 * start.length, size: 1, tolerance: 1e-5 });
  if (!Number.isFinite(found.value)) return undefined;
  const count = start.length + 1 + (seasonal ? seasonLength - 1 : 0);
  const room = values.length - count - 1;
  if (room <= 0)
    return form.name === 'ANN' ? { form, at: parameters(found.at), first, fitted: 1, aicc: 1e12 } : undefined;
  const aicc = found.value + 2 * count + (2 * count * (count + 1)) / room;
  return { form, at: parameters(found.at), first, fitted: start.length, aicc };
}

/** Level and slope of the first season or ten periods without their season, and the spread around that line. */
function firstLine(values: Float64Array, season: Float64Array, multiplies: boolean) {
  const span = Math.min(values.length, Math.max(10, season.length));
  let sum = 0;
  let product = 0;
  const middle = (span - 1) / 2;
  const flat: number[] = [];
  for (let at = 0; at < span; at += 1) {
    const index = season.length === 0 ? undefined : (season[at % season.length] ?? 0);
    const value = values[at] ?? 0;
    const plain = index === undefined ? value : multiplies ? value / index : value - index;
    flat.push(plain);
    sum += plain;
    product += (at - middle) * plain;
  }
  const mean = sum / span;
  const slope = span < 3 ? 0 : product / ((span * (span * span - 1)) / 12);
  const squares = flat.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { level: mean - slope * (middle + 1), slope, scale: Math.sqrt(squares / span) || Math.abs(mean) * 0.1 || 1 };
}

const share = (x = 0): number => 1 / (1 + Math.exp(-x));
