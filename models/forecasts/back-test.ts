import { type Ahead, type ForecastMethod, LEVELS, type Prediction } from './method.ts';
import { before, type PreparedSeries } from './prepare-series.ts';

/** A place where a back-test cuts a history: it forecasts the `horizon` periods from `end` on. */
export interface Cut {
  readonly end: number;
  readonly horizon: number;
}

/** A back-test leaves at least so many periods to learn from. */
const HISTORY_MIN = 6;

/**
 * Rolling origins within a history, latest first, half a horizon apart. The horizon is shorter where the history is
 * short: at most half of it. None for a history that is too short for one.
 */
export function backTestCuts(length: number, horizon: number, count: number): Cut[] {
  const steps = Math.min(horizon, Math.floor(length / 2));
  const cuts: Cut[] = [];
  const shift = Math.max(1, Math.ceil(steps / 2));
  for (let end = length - steps; steps > 0 && end >= HISTORY_MIN && cuts.length < count; end -= shift) {
    cuts.push({ end, horizon: steps });
  }
  return cuts;
}

/** Pinball loss over .1 … .9 that a method had in a series' back-tests, and what it is measured against. */
export interface BackTest {
  readonly loss: number;
  readonly absolute: number;
  readonly windows: number;
}

/** Forecasts past parts of the histories and scores them: `results[method][series]`. */
export async function backTest(
  assortment: readonly PreparedSeries[],
  methods: readonly ForecastMethod[],
  { horizon, seasonLength }: Ahead,
  windows: number,
): Promise<BackTest[][]> {
  const results = methods.map(() => assortment.map(() => ({ loss: 0, absolute: 0, windows: 0 })));
  const cutsOf = assortment.map((series) => backTestCuts(series.values.length, horizon, windows));
  for (let window = 0; window < windows; window += 1) {
    const places = [...assortment.keys()].filter((place) => cutsOf[place]?.[window] !== undefined);
    if (places.length === 0) break;
    const histories = places.map((place) =>
      before(assortment[place] as PreparedSeries, cutsOf[place]?.[window]?.end ?? 0),
    );
    for (const [index, method] of methods.entries()) {
      const predictions = await method.forecast(histories, { horizon, seasonLength });
      for (const [order, place] of places.entries()) {
        const result = results[index]?.[place];
        const series = assortment[place];
        const cut = cutsOf[place]?.[window];
        if (result === undefined || series === undefined || cut === undefined) continue;
        const { loss, absolute } = lossAt(series, cut, predictions[order] as Prediction);
        result.loss += loss;
        result.absolute += absolute;
        result.windows += 1;
      }
    }
  }
  return results;
}

function lossAt(series: PreparedSeries, cut: Cut, prediction: Prediction) {
  let loss = 0;
  let absolute = 0;
  for (let step = 0; step < cut.horizon; step += 1) {
    if (series.observed[cut.end + step] !== 1) continue;
    const value = series.values[cut.end + step] ?? 0;
    absolute += value;
    for (const [index, level] of LEVELS.entries()) {
      if (level > 0.9) break;
      const error = value - (prediction.quantiles[index]?.[step] ?? 0);
      loss += error >= 0 ? level * error : (level - 1) * error;
    }
  }
  return { loss, absolute };
}
