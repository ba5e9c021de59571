/** The four kinds of demand of Syntetos, Boylan & Croston (2005), and `none` for a series without any. */
export type DemandClass = 'smooth' | 'erratic' | 'intermittent' | 'lumpy' | 'none';

/** Above this average interval between demands a series is intermittent. */
const INTERVAL_CUT = 1.32;
/** Above this squared coefficient of variation the demand sizes vary much. */
const VARIATION_CUT = 0.49;

export interface DemandPattern {
  readonly kind: DemandClass;
  /** Average inter-demand interval (ADI): periods per period with demand. */
  readonly interval: number;
  /** Squared coefficient of variation (CV²) of the demand sizes, zeros left out. */
  readonly variation: number;
}

/** Sorts a series by how often there is demand and how much its size varies. */
export function demandPattern(values: ArrayLike<number>): DemandPattern {
  let count = 0;
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (value <= 0) continue;
    count += 1;
    sum += value;
  }
  if (count === 0) return { kind: 'none', interval: Number.POSITIVE_INFINITY, variation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (value > 0) squares += (value / mean - 1) ** 2;
  }
  const interval = values.length / count;
  const variation = squares / count;
  if (interval <= INTERVAL_CUT) return { kind: variation <= VARIATION_CUT ? 'smooth' : 'erratic', interval, variation };
  return { kind: variation <= VARIATION_CUT ? 'intermittent' : 'lumpy', interval, variation };
}
