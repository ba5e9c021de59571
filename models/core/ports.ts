/** The ports of the models: what the runtime asks of them, whatever library is behind. */

/** Turns text into vectors of one model. */
export interface Embedder {
  /** Name and version of the model, and the SHA-256 of its artefact: vectors of different ones are never mixed. */
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly dimensions: number;
  /** One unit-length vector a text, in order. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** The past of one series, one value a period, oldest first; `undefined` where nothing was observed. */
export interface SeriesHistory {
  readonly id: string;
  readonly values: readonly (number | undefined)[];
}

export interface SeriesForecast {
  readonly id: string;
  /** Which method made it, with its version. */
  readonly method: string;
  /** Expected value for each period ahead. */
  readonly mean: readonly number[];
  /** By quantile (0.1, 0.5, 0.9): a value for each period ahead. */
  readonly quantiles: ReadonlyMap<number, readonly number[]>;
}

/** Forecasts many series in one batch. */
export interface Forecaster {
  forecast(
    histories: readonly SeriesHistory[],
    options: { readonly horizon: number; readonly seasonLength: number; readonly quantiles: readonly number[] },
  ): Promise<readonly SeriesForecast[]>;
}

export interface Suggestion {
  readonly sku: string;
  readonly quantity: number;
  /** 0 to 1, comparable within one list only. */
  readonly score: number;
  /** In words, for the person who decides. */
  readonly reason: string;
  readonly kind: 'reorder' | 'discovery';
}

/** Suggests what a dealer may want to order next. */
export interface Recommender {
  recommend(options: { readonly at: string; readonly limit: number }): Promise<readonly Suggestion[]>;
}
