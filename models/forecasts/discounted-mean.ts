import { backTestCuts } from './back-test.ts';
import { type Ahead, type ForecastMethod, LEVELS, type Prediction } from './method.ts';
import { negativeBinomialQuantiles } from './negative-binomial.ts';
import { minimise } from './nelder-mead.ts';
import { before, type PreparedSeries } from './prepare-series.ts';

/**
 * Discounted mean with negative binomial quantiles, for intermittent demand.
 *
 * The mean of a series is a mix of a quickly and a slowly discounted mean of its history, each drawn towards the mean
 * of the assortment (a gamma prior on a Poisson rate), times a factor that falls with the periods ahead: demand for
 * parts dies out more often than it grows. The variance mixes the one that the assortment shows at that mean with the
 * series' own. The parameters are the assortment's, not the series': they are those with the least pinball loss in
 * back-tests within the histories. Periods without observation have no weight.
 */
export const discountedMean: ForecastMethod = {
  name: 'discounted-mean',
  async forecast(assortment, ahead) {
    const parameters = fitParameters(assortment, ahead);
    const states = assortment.map((series) => stateOf(series, parameters));
    const typical = assortmentMean(states);
    return states.map((state) => predict(state, typical, parameters, ahead.horizon));
  },
};

/** Series that take part in fitting: more change the parameters little. */
const SERIES_MAX = 1_500;
/** Below so many back-tests with demand the defaults are used. */
const WINDOWS_MIN = 30;
/** Back-tests a series. Older ones brought nothing: they see little history. */
const CUTS_MAX = 1;
const STEPS = 160;

interface Parameters {
  readonly fast: number;
  readonly slow: number;
  readonly mix: number;
  readonly priorWeight: number;
  readonly factor: number;
  readonly damping: number;
  /** Variance = mean × (1 + linear + quadratic × mean), mixed with the series' own. */
  readonly linear: number;
  readonly quadratic: number;
  readonly ownShare: number;
  readonly ownPrior: number;
}

/** Where the search starts, on its unbounded scale: rounded from what it found in the first years of spare parts. */
const DEFAULTS: readonly number[] = [0.8, 3.4, 0.3, 0.8, -0.1, -3.4, -1.7, -1.8, 0.4, 0.6];

function parametersAt(x: readonly number[]): Parameters {
  const [fast = 0, slow = 0, mix = 0, priorWeight = 0, factor = 0, damping = 0, linear = 0, quadratic = 0] = x;
  return {
    fast: share(fast),
    slow: share(slow),
    mix: share(mix),
    priorWeight: Math.exp(priorWeight),
    factor: Math.exp(factor),
    damping: Math.exp(-Math.exp(damping)),
    linear: Math.exp(linear),
    quadratic: Math.exp(quadratic),
    ownShare: share(x[8]),
    ownPrior: Math.exp(x[9] ?? 0),
  };
}

interface State {
  readonly fastSum: number;
  readonly fastWeight: number;
  readonly slowSum: number;
  readonly slowWeight: number;
  readonly slowSquares: number;
}

function stateOf({ values, observed }: PreparedSeries, { fast, slow }: Parameters): State {
  let [fastSum, fastWeight, slowSum, slowWeight, slowSquares] = [0, 0, 0, 0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const weight = observed[at] ?? 0;
    const value = weight * (values[at] ?? 0);
    fastSum = fast * fastSum + value;
    fastWeight = fast * fastWeight + weight;
    slowSum = slow * slowSum + value;
    slowWeight = slow * slowWeight + weight;
    slowSquares = slow * slowSquares + value * value;
  }
  return { fastSum, fastWeight, slowSum, slowWeight, slowSquares };
}

function assortmentMean(states: readonly State[]): number {
  let sum = 0;
  let weight = 0;
  for (const state of states) {
    sum += state.slowSum;
    weight += state.slowWeight;
  }
  return weight > 0 ? sum / weight : 0;
}

/** Expected value of the next period, and the variance at a mean. */
function momentsOf(state: State, typical: number, at: Parameters) {
  const prior = at.priorWeight * typical;
  const fast = (state.fastSum + prior) / (state.fastWeight + at.priorWeight);
  const slow = (state.slowSum + prior) / (state.slowWeight + at.priorWeight);
  const own = state.slowWeight > 0 ? state.slowSum / state.slowWeight : 0;
  const squares = Math.max(0, state.slowSquares - state.slowWeight * own * own);
  const variance = (squares + at.ownPrior * (own + at.quadratic * own * own)) / (state.slowWeight + at.ownPrior);
  const ownExcess = Math.max(0, variance - own) / Math.max(own, 1e-3);
  return {
    mean: at.factor * (at.mix * fast + (1 - at.mix) * slow),
    varianceAt: (mean: number) =>
      mean * (1 + (1 - at.ownShare) * (at.linear + at.quadratic * mean) + at.ownShare * ownExcess),
  };
}

function predict(state: State, typical: number, parameters: Parameters, horizon: number): Prediction {
  const { mean: next, varianceAt } = momentsOf(state, typical, parameters);
  const mean: number[] = [];
  const quantiles = LEVELS.map((): number[] => []);
  for (let step = 0; step < horizon; step += 1) {
    const value = next * parameters.damping ** step;
    mean.push(value);
    const row = negativeBinomialQuantiles(value, varianceAt(value), LEVELS);
    for (const [level, quantile] of row.entries()) quantiles[level]?.push(quantile);
  }
  return { method: 'discounted-mean', mean, quantiles };
}

interface Window {
  readonly history: PreparedSeries;
  readonly actual: Float64Array;
  readonly observed: Uint8Array;
}

/** Damping and dispersion with the least pinball loss over .1 … .9 in back-tests; the defaults for small assortments. */
function fitParameters(assortment: readonly PreparedSeries[], { horizon }: Ahead): Parameters {
  const stride = Math.max(1, Math.ceil(assortment.length / SERIES_MAX));
  const windows: Window[] = [];
  let withDemand = 0;
  for (let index = 0; index < assortment.length; index += stride) {
    const series = assortment[index] as PreparedSeries;
    for (const { end, horizon: steps } of backTestCuts(series.values.length, horizon, CUTS_MAX)) {
      const actual = series.values.subarray(end, end + steps);
      windows.push({ history: before(series, end), actual, observed: series.observed.subarray(end, end + steps) });
      if (actual.some((value) => value > 0)) withDemand += 1;
    }
  }
  if (withDemand < WINDOWS_MIN) return parametersAt(DEFAULTS);
  const { at } = minimise((x) => lossOf(windows, parametersAt(x)), DEFAULTS, {
    steps: STEPS,
    size: 0.5,
    tolerance: 1e-5,
  });
  return parametersAt(at);
}

const FITTED_LEVELS = LEVELS.filter((level) => level <= 0.9);

function lossOf(windows: readonly Window[], parameters: Parameters): number {
  const states = windows.map(({ history }) => stateOf(history, parameters));
  const typical = assortmentMean(states);
  let loss = 0;
  for (const [index, { actual, observed }] of windows.entries()) {
    const { mean: next, varianceAt } = momentsOf(states[index] as State, typical, parameters);
    let mean = next;
    for (let step = 0; step < actual.length; step += 1) {
      const value = actual[step] ?? 0;
      if (observed[step] === 1) {
        const row = negativeBinomialQuantiles(mean, varianceAt(mean), FITTED_LEVELS);
        for (let level = 0; level < row.length; level += 1) {
          const error = value - (row[level] ?? 0);
          loss += error >= 0 ? (FITTED_LEVELS[level] ?? 0) * error : ((FITTED_LEVELS[level] ?? 0) - 1) * error;
        }
      }
      mean *= parameters.damping;
    }
  }
  return loss;
}

const share = (x = 0): number => 1 / (1 + Math.exp(-x));
