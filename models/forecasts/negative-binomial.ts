/**
 * Quantiles of a negative binomial distribution with this mean and variance: for each level the lowest count whose
 * cumulative probability reaches it. A Poisson distribution where the variance is not above the mean. From a mean
 * of `CONTINUOUS_MEAN` on, a gamma distribution stands in for it.
 * @param levels Lowest first.
 */
export function negativeBinomialQuantiles(mean: number, variance: number, levels: readonly number[]): number[] {
  if (!(mean > 1e-9)) return levels.map(() => 0);
  if (mean >= CONTINUOUS_MEAN) {
    return levels.map((level) => gammaQuantile(mean, Math.max(variance, mean), level));
  }
  const excess = variance - mean;
  const size = excess > 1e-9 * mean ? (mean * mean) / excess : Number.POSITIVE_INFINITY;
  const isPoisson = size > 1e7;
  const chance = isPoisson ? 0 : excess / variance;
  let mass = isPoisson ? Math.exp(-mean) : Math.exp(size * Math.log1p(-chance));
  let cumulative = mass;
  let count = 0;
  const quantiles: number[] = [];
  // Beyond this the mass left is below every level asked for.
  const countMax = Math.ceil(mean + 40 * Math.sqrt(Math.max(variance, mean)) + 40);
  for (const level of levels) {
    while (cumulative < level && count < countMax) {
      mass *= isPoisson ? mean / (count + 1) : ((size + count) / (count + 1)) * chance;
      count += 1;
      cumulative += mass;
    }
    quantiles.push(count);
  }
  return quantiles;
}

const CONTINUOUS_MEAN = 200;

/** Wilson & Hilferty (1931): the cube root of a gamma variable is nearly normal. */
function gammaQuantile(mean: number, variance: number, level: number): number {
  const spread = variance / (9 * mean * mean);
  return mean * Math.max(0, 1 - spread + normalQuantile(level) * Math.sqrt(spread)) ** 3;
}

/** Quantile of the standard normal distribution (Acklam's rational approximation, relative error below 1.2e-9). */
export function normalQuantile(level: number): number {
  if (!(level > 0)) return Number.NEGATIVE_INFINITY;
  if (!(level < 1)) return Number.POSITIVE_INFINITY;
  if (level > 0.5) return -normalQuantile(1 - level);
  if (level < 0.02425) {
    const root = Math.sqrt(-2 * Math.log(level));
    return polynomial(TAIL_OVER, root) / (polynomial(TAIL_UNDER, root) * root + 1);
  }
  const centred = level - 0.5;
  const square = centred * centred;
  return (polynomial(CENTRE_OVER, square) * centred) / (polynomial(CENTRE_UNDER, square) * square + 1);
}

const polynomial = (factors: readonly number[], x: number) => factors.reduce((sum, factor) => sum * x + factor, 0);

const CENTRE_OVER = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const CENTRE_UNDER = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const TAIL_OVER = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_UNDER = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
