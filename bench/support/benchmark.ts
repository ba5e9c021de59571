/** One side of a comparison. */
export interface Contestant {
  readonly label: string;
  /** What exactly it does, in a sentence, so that the reader can judge whether the comparison is fair. */
  readonly does: string;
  /** One round on fresh files; returns the figure. */
  round(round: number): Promise<number>;
}

export type Unit = 'orders/s' | 'requests/s' | 'events/s' | 'MB' | 's' | 'ms';

/** How a figure is judged: its ratio to the peer's, or the figure itself where there is no peer. */
export type Target = { readonly ratioMin: number } | { readonly valueMax: number } | { readonly valueMin: number };

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One line of the table. */
export interface Comparison {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: Spread & { readonly does: string; readonly rounds: readonly number[] };
  readonly peer?: Spread & { readonly label: string; readonly does: string; readonly rounds: readonly number[] };
  /** Ours over peer's, round by round: load by others on the machine hits both sides of a round alike. */
  readonly ratio?: Spread & { readonly ofMedians: number };
  readonly target?: Target;
  readonly met?: boolean;
  readonly note?: string;
  /** Why there are no figures. */
  readonly skipped?: string;
}

export interface BenchContext {
  readonly rounds: number;
  /** How long one round loads a contestant, in milliseconds. */
  readonly roundMs: number;
  /** Events in the large log. */
  readonly largeLogEvents: number;
  /** A folder for files that go away with the run. */
  readonly folder: string;
  progress(text: string): void;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<readonly Comparison[]>;
}
