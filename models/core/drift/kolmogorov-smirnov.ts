export interface KolmogorovSmirnov {
  /** The largest distance between the two distribution functions, 0 to 1. */
  readonly statistic: number;
  /** How likely a distance of at least this is where both come from one distribution. */
  readonly pValue: number;
}

/**
 * The two-sample Kolmogorov-Smirnov test, with the asymptotic p-value of Stephens (1970) as in Numerical Recipes, 14.3.
 * With many equal values the p-value is too high, so it errs to the side of no alarm.
 * @returns statistic 0 and p-value 1 where either sample is empty
 */
export function kolmogorovSmirnov(reference: readonly number[], current: readonly number[]): KolmogorovSmirnov {
  if (reference.length === 0 || current.length === 0) return { statistic: 0, pValue: 1 };
  const a = Float64Array.from(reference).sort();
  const b = Float64Array.from(current).sort();
  let inA = 0;
  let inB = 0;
  let statistic = 0;
  while (inA < a.length && inB < b.length) {
    const value = Math.min(a[inA] as number, b[inB] as number);
    while (inA < a.length && a[inA] === value) inA += 1;
    while (inB < b.length && b[inB] === value) inB += 1;
    statistic = Math.max(statistic, Math.abs(inA / a.length - inB / b.length));
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { statistic, pValue: tail((size + 0.12 + 0.11 / size) * statistic) };
}

/** Kolmogorov's distribution: the probability of more than `x`. */
function tail(x: number): number {
  // The series converges slowly near zero, where the probability is 1 to twelve digits.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let term = 1; term <= 100; term += 1) {
    const part = Math.exp(-2 * term * term * x * x);
    sum += term % 2 === 1 ? part : -part;
    if (part < 1e-12) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
