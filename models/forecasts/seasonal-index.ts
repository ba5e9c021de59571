/**
 * Seasonal indices by classical decomposition: means by season of the series over (or less) its centred moving
 * average. Averages 1 when multiplicative, 0 when additive. The index of the series' first period is first.
 */
export function seasonalIndices(values: Float64Array, seasonLength: number, multiplicative: boolean): Float64Array {
  const sums = new Float64Array(seasonLength);
  const counts = new Float64Array(seasonLength);
  const half = Math.floor(seasonLength / 2);
  for (let at = half; at + half < values.length; at += 1) {
    let trend = 0;
    for (let offset = -half; offset <= half; offset += 1) {
      const atEdge = seasonLength % 2 === 0 && Math.abs(offset) === half;
      trend += (values[at + offset] ?? 0) * (atEdge ? 0.5 : 1);
    }
    trend /= seasonLength;
    const value = values[at] ?? 0;
    if (multiplicative && trend <= 0) continue;
    const season = at % seasonLength;
    sums[season] = (sums[season] ?? 0) + (multiplicative ? value / trend : value - trend);
    counts[season] = (counts[season] ?? 0) + 1;
  }
  const neutral = multiplicative ? 1 : 0;
  const indices = sums.map((sum, season) => ((counts[season] ?? 0) > 0 ? sum / (counts[season] ?? 1) : neutral));
  const mean = indices.reduce((sum, value) => sum + value, 0) / seasonLength;
  if (!multiplicative) return indices.map((value) => value - mean);
  return mean > 0 ? indices.map((value) => Math.max(0.01, value / mean)) : indices.fill(1);
}

/**
 * Whether the autocorrelation at the season's lag is beyond what a series without season would show in nine cases of
 * ten (the test that the theta method uses). Needs two seasons.
 */
export function isSeasonal(values: Float64Array, seasonLength: number): boolean {
  if (seasonLength < 2 || values.length < 2 * seasonLength + 1) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const correlation = (lag: number) => {
    let sum = 0;
    for (let at = lag; at < values.length; at += 1)
      sum += ((values[at] ?? 0) - mean) * ((values[at - lag] ?? 0) - mean);
    return sum;
  };
  const variance = correlation(0);
  if (variance <= 0) return false;
  let squares = 0;
  for (let lag = 1; lag < seasonLength; lag += 1) squares += (correlation(lag) / variance) ** 2;
  const limit = 1.645 * Math.sqrt((1 + 2 * squares) / values.length);
  return Math.abs(correlation(seasonLength) / variance) > limit;
}
