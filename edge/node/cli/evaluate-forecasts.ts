import { defineCommand } from 'citty';
import Papa from 'papaparse';
import {
  coverage,
  meanAbsoluteScaledError,
  meanPinball,
  type ScoredSeries,
  weightedQuantileLoss,
} from '../../../models/core/evaluation/forecast-metrics.ts';
import { forecastAssortment } from '../../../models/forecasts/local-forecaster.ts';
import { METHODS } from '../../../models/forecasts/methods.ts';
import { replenishment } from '../../../models/forecasts/replenishment.ts';
import { createRouter, withGlobal } from '../../../models/forecasts/router.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { fileText } from '../import/csv-text.ts';
import { wholeNumber } from './arguments.ts';
import { bundledForecaster, openForecaster } from './forecaster-folder.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';

export const forecasts = defineCommand({
  meta: { name: 'forecasts', description: 'Forecast the last periods of series from those before, and score it' },
  args: {
    data: { type: 'string', description: 'CSV: series,t1,t2,…; one row a series', required: true },
    horizon: { type: 'string', description: 'So many last points of each series are the test', required: true },
    season: { type: 'string', description: 'Periods of a season, such as 12 for months; 1 for none', required: true },
    model: { type: 'string', description: 'Folder of another global forecaster than the bundled one' },
    cost: { type: 'string', description: 'CSV: series,price; adds the value of the stock that the forecasts lead to' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const horizon = wholeNumber('horizon', args.horizon, 1, 400);
    const season = wholeNumber('season', args.season, 1, 10_000);
    const rows = await readSeries(args.data);
    const series = rows.map((row) => split(row, horizon)).filter((one) => one !== undefined);
    if (series.length === 0) {
      throw new EdgeError(
        'import-failed',
        `No series of ${args.data} has more than ${horizon} points. Lower --horizon.`,
      );
    }
    const prices = args.cost === undefined ? undefined : await readPrices(args.cost);
    const progress = new Progress('Forecasting');
    const global = await openForecaster(args.model ?? bundledForecaster());
    const router = createRouter(global);
    const all = [...METHODS, global, withGlobal(global), router];
    const scores: Score[] = [];
    let chosen: Record<string, number> = {};
    for (const [index, method] of all.entries()) {
      progress.update(index, all.length, 'methods');
      const startedMs = performance.now();
      const histories = series.map(({ id, history }) => ({ id, values: history }));
      const made = await forecastAssortment(histories, { horizon, seasonLength: season }, method);
      const seconds = (performance.now() - startedMs) / 1000;
      const scored = series.map((one, place) => ({ ...one, quantiles: made[place]?.quantiles ?? new Map() }));
      const { mase, leftOut } = meanAbsoluteScaledError(scored, season);
      scores.push({
        method: method.name,
        wql: weightedQuantileLoss(scored),
        mase,
        maseLeftOut: leftOut,
        coverage80: coverage(scored, 0.1, 0.9),
        q95: meanPinball(scored, 0.95),
        q99: meanPinball(scored, 0.99),
        seconds,
        ...(prices === undefined ? {} : { stock: stockOf(scored, made, prices) }),
      });
      if (method === router) chosen = countBy(made.map((one) => one.method));
    }
    progress.end();
    await global.close();
    const result = { series: series.length, tooShort: rows.length - series.length, horizon, season, scores, chosen };
    printResult(args.json, result, () => table(result));
  },
});

interface Row {
  readonly id: string;
  readonly values: readonly (number | undefined)[];
}

interface Stock {
  /** Price times order-up-to level, a series' mean over the series with a price. */
  readonly value: number;
  /** Share by value of the demand of the first two test periods that the level covers. */
  readonly fillRate: number;
}

interface Score {
  readonly method: string;
  readonly wql: number;
  readonly mase: number;
  readonly maseLeftOut: number;
  readonly coverage80: number;
  readonly q95: number;
  readonly q99: number;
  readonly seconds: number;
  readonly stock?: Stock;
}

function split({ id, values }: Row, horizon: number) {
  const end = values.findLastIndex((value) => value !== undefined) + 1;
  const start = Math.max(
    0,
    values.findIndex((value) => value !== undefined),
  );
  if (end - start <= horizon) return undefined;
  return { id, history: values.slice(start, end - horizon), actual: values.slice(end - horizon, end) };
}

/** Stock for one period of lead time and one of review at 95 %, and how much of two periods' demand it covers. */
function stockOf(
  scored: readonly (ScoredSeries & { readonly id: string })[],
  made: Awaited<ReturnType<typeof forecastAssortment>>,
  prices: ReadonlyMap<string, number>,
): Stock {
  let value = 0;
  let count = 0;
  let demand = 0;
  let covered = 0;
  for (const [place, { id, actual }] of scored.entries()) {
    const price = prices.get(id);
    const forecast = made[place];
    if (price === undefined || forecast === undefined) continue;
    const { orderUpTo } = replenishment(forecast, { leadTime: 1, reviewPeriod: 1, serviceLevel: 0.95 });
    const asked = Math.max(0, (actual[0] ?? 0) + (actual[1] ?? 0));
    value += price * orderUpTo;
    demand += price * asked;
    covered += price * Math.min(asked, orderUpTo);
    count += 1;
  }
  return { value: count === 0 ? Number.NaN : value / count, fillRate: demand === 0 ? Number.NaN : covered / demand };
}

async function readRows(path: string): Promise<string[][]> {
  let text = '';
  for await (const piece of fileText(path, undefined)) text += piece;
  return Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' }).data;
}

async function readSeries(path: string): Promise<Row[]> {
  const [header = [], ...rows] = await readRows(path);
  if (header[0]?.trim() !== 'series') {
    throw new EdgeError('import-failed', `${path} starts with "${header[0] ?? ''}". Its header is series,t1,t2,…`);
  }
  return rows.map((cells, index) => ({
    id: cells[0] ?? '',
    values: cells.slice(1).map((cell) => numberOf(cell, `${path}, row ${index + 2}`)),
  }));
}

async function readPrices(path: string): Promise<Map<string, number>> {
  const [, ...rows] = await readRows(path);
  const prices = new Map<string, number>();
  for (const [index, [id = '', price = '']] of rows.entries()) {
    const number = numberOf(price, `${path}, row ${index + 2}`);
    if (number !== undefined) prices.set(id, number);
  }
  return prices;
}

function numberOf(cell: string, where: string): number | undefined {
  const text = cell.trim();
  if (text === '' || text === 'NA') return undefined;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new EdgeError('import-failed', `${where}: "${text}" is no number. Leave a cell empty where nothing is known.`);
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function* table(result: {
  series: number;
  tooShort: number;
  horizon: number;
  season: number;
  scores: readonly Score[];
  chosen: Record<string, number>;
}): Generator<string> {
  const { series, tooShort, horizon, season, scores, chosen } = result;
  yield `${series} series, the last ${horizon} points of each as the test, season ${season}; ${tooShort} too short.`;
  const withStock = scores.some(({ stock }) => stock !== undefined);
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(10))).join('');
  yield line(['method', 'WQL', 'MASE', 'in 80 %', 'q95', 'q99', 'seconds', ...(withStock ? ['stock', 'filled'] : [])]);
  for (const one of scores) {
    yield line([
      one.method,
      one.wql.toFixed(4),
      one.mase.toFixed(4),
      `${(100 * one.coverage80).toFixed(1)} %`,
      one.q95.toPrecision(4),
      one.q99.toPrecision(4),
      one.seconds.toFixed(2),
      ...(one.stock === undefined ? [] : [one.stock.value.toFixed(0), `${(100 * one.stock.fillRate).toFixed(1)} %`]),
    ]);
  }
  const leftOut = scores[0]?.maseLeftOut ?? 0;
  yield `MASE is that of the median; ${leftOut} series have no scale for it. q95 and q99 are mean pinball losses.`;
  if (withStock)
    yield 'stock: mean value of the order-up-to level, lead time 1, review 1, service 95 %; filled: by value.';
  yield `The router chose ${Object.entries(chosen)
    .map(([name, count]) => `${name} ${count}×`)
    .join(', ')}.`;
}
