import type { ForecastMethod, Prediction } from './method.ts';

/** Averages the quantiles of methods, level by level (Lichtendahl, Grushka-Cockayne & Winkler 2013). */
export function combination(name: string, parts: readonly ForecastMethod[]): ForecastMethod {
  return {
    name,
    async forecast(assortment, ahead) {
      const all = await Promise.all(parts.map((method) => method.forecast(assortment, ahead)));
      return assortment.map((_, place) =>
        average(
          name,
          all.map((one) => one[place] as Prediction),
        ),
      );
    },
  };
}

/** The average of predictions of the same series. */
export function average(method: string, predictions: readonly Prediction[]): Prediction {
  const rows = (pick: (one: Prediction) => readonly number[]): number[] => {
    const [first = [], ...others] = predictions.map(pick);
    return first.map((value, step) => others.reduce((sum, row) => sum + (row[step] ?? 0), value) / predictions.length);
  };
  const levels = predictions[0]?.quantiles ?? [];
  return {
    method,
    mean: rows((one) => one.mean),
    quantiles: levels.map((_, level) => rows((one) => one.quantiles[level] ?? [])),
  };
}
