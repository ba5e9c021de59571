/** One form of exponential smoothing: error, trend and season (Hyndman et al. 2002). */
export interface EtsForm {
  readonly name: string;
  /** Errors are a share of the expected value. */
  readonly relativeError: boolean;
  readonly trend: 'none' | 'linear' | 'damped';
  readonly season: 'none' | 'additive' | 'multiplicative';
}

export const ETS_FORMS: readonly EtsForm[] = [
  { name: 'ANN', relativeError: false, trend: 'none', season: 'none' },
  { name: 'MNN', relativeError: true, trend: 'none', season: 'none' },
  { name: 'AAN', relativeError: false, trend: 'linear', season: 'none' },
  { name: 'AAdN', relativeError: false, trend: 'damped', season: 'none' },
  { name: 'MAdN', relativeError: true, trend: 'damped', season: 'none' },
  { name: 'ANA', relativeError: false, trend: 'none', season: 'additive' },
  { name: 'AAdA', relativeError: false, trend: 'damped', season: 'additive' },
  { name: 'MNM', relativeError: true, trend: 'none', season: 'multiplicative' },
  { name: 'MAdM', relativeError: true, trend: 'damped', season: 'multiplicative' },
];

export interface EtsParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly damping: number;
  readonly level: number;
  readonly slope: number;
}

export interface EtsRun {
  /** −2 log-likelihood, up to a constant that all forms share. */
  readonly cost: number;
  /** Variance of the (relative) one-step errors. */
  readonly variance: number;
  readonly level: number;
  readonly slope: number;
  readonly season: Float64Array;
}

/** Runs a form over a history. `season` starts with the index of the first period and is changed in place. */
export function runEts(values: Float64Array, form: EtsForm, at: EtsParameters, season: Float64Array): EtsRun {
  const { alpha, beta, gamma, damping } = at;
  const seasonal = form.season !== 'none';
  const multiplies = form.season === 'multiplicative';
  let { level, slope } = at;
  let squares = 0;
  let logs = 0;
  for (let index = 0; index < values.length; index += 1) {
    const base = level + damping * slope;
    const place = seasonal ? index % season.length : 0;
    const now = seasonal ? (season[place] ?? 0) : 0;
    const expected = multiplies ? base * now : base + now;
    const error = (values[index] ?? 0) - expected;
    if (form.relativeError) {
      if (expected <= 1e-9) return { cost: Number.POSITIVE_INFINITY, variance: 0, level, slope, season };
      squares += (error / expected) ** 2;
      logs += Math.log(expected);
    } else squares += error * error;
    const change = multiplies ? error / Math.max(now, 1e-3) : error;
    level = base + alpha * change;
    slope = damping * slope + beta * change;
    if (seasonal) season[place] = now + gamma * (multiplies ? error / Math.max(base, 1e-9) : error);
  }
  const variance = Math.max(squares / Math.max(1, values.length), 1e-12);
  return { cost: values.length * Math.log(variance) + 2 * logs, variance, level, slope, season };
}

/** Mean and standard deviation for each period ahead, from the state at the end of a run. */
export function aheadOf(run: EtsRun, form: EtsForm, at: EtsParameters, length: number, horizon: number) {
  const mean: number[] = [];
  const deviation: number[] = [];
  let reach = 0;
  let dampedSum = 0;
  let growth = 1;
  for (let step = 1; step <= horizon; step += 1) {
    growth *= at.damping;
    dampedSum += growth;
    const base = run.level + dampedSum * run.slope;
    const index = form.season === 'none' ? 0 : (run.season[(length + step - 1) % run.season.length] ?? 0);
    const expected = form.season === 'multiplicative' ? base * index : base + index;
    mean.push(expected);
    const scale = form.relativeError ? Math.max(0, expected) ** 2 : 1;
    deviation.push(Math.sqrt(run.variance * scale * (1 + reach)));
    // Var of the error h ahead is σ²(1 + Σ c²), Hyndman et al. (2008), table 6.2; taken relative for relative errors.
    const atSeason = form.season !== 'none' && step % run.season.length === 0 ? at.gamma : 0;
    reach += (at.alpha + at.beta * dampedSum + atSeason) ** 2;
  }
  return { mean, deviation };
}
