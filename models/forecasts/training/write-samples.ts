/**
 * Writes what the global model learns from: `node models/forecasts/training/write-samples.ts OUT CSV:HORIZON:SEASON …`.
 * The last HORIZON points of each series are cut off before anything is read from it. One row of float32 a sample:
 * set, held out (1), scale, anchor, value, then the features.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import Papa from 'papaparse';
import { FEATURES, stepFeatures } from '../global/features.ts';
import { before, prepareSeries } from '../prepare-series.ts';

const HISTORY_MIN = 8;
const ORIGINS_MAX = 40;
const [out = '', ...sets] = process.argv.slice(2);
const file = openSync(out, 'w');
let written = 0;
for (const [set, given] of sets.entries()) {
  const [path = '', horizonText, seasonText] = given.split(':');
  const horizon = Number(horizonText);
  const seasonLength = Number(seasonText);
  const { data } = Papa.parse<string[]>(readFileSync(path, 'utf8'), { skipEmptyLines: 'greedy' });
  for (const [place, [id = '', ...cells]] of data.slice(1).entries()) {
    const values = cells.map((cell) => (cell.trim() === '' || cell.trim() === 'NA' ? undefined : Number(cell)));
    const end = values.findLastIndex((value) => value !== undefined) + 1 - horizon;
    const series = prepareSeries({ id, values: values.slice(0, Math.max(0, end)) }, seasonLength);
    const length = series.values.length;
    const heldOut = place % 7 === 3 ? 1 : 0;
    const stride = Math.max(1, Math.ceil((length - HISTORY_MIN) / ORIGINS_MAX));
    for (let origin = length - 1; origin >= HISTORY_MIN; origin -= stride) {
      const steps = Math.min(horizon, length - origin);
      const seen = stepFeatures(before(series, origin), { horizon: steps, seasonLength });
      if (seen === undefined) continue;
      for (let step = 0; step < steps; step += 1) {
        if (series.observed[origin + step] !== 1) continue;
        // Later windows than a whole horizon are what a held-out series is judged by.
        const judged = heldOut === 1 && steps === horizon ? 2 : heldOut;
        const head = [set, judged, seen.scale, seen.anchor[step] ?? 0, series.values[origin + step] ?? 0];
        const row = Float32Array.of(...head, ...seen.rows.subarray(step * FEATURES, (step + 1) * FEATURES));
        writeSync(file, new Uint8Array(row.buffer));
        written += 1;
      }
    }
  }
  process.stderr.write(`${path}: ${written} samples so far\n`);
}
closeSync(file);
