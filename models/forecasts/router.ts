import { type BackTest, backTest } from './back-test.ts';
import { combination } from './combination.ts';
import { demandPattern } from './demand-class.ts';
import { discountedMean } from './discounted-mean.ts';
import { ets } from './ets.ts';
import type { Ahead, ForecastMethod, Prediction } from './method.ts';
import type { PreparedSeries } from './prepare-series.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

/** The average of exponential smoothing and theta, whose errors differ. */
export const etsTheta = combination('ets+theta', [ets, theta]);

/** The average with the global model, whose errors differ again. */
export function withGlobal(global: ForecastMethod): ForecastMethod {
  return combination('ets+theta+global', [ets, theta, global]);
}

/** What comes into question for each kind of demand; the first is taken where nothing speaks for another. */
interface Routes {
  /** Demand that comes in most periods has a level, a trend and a season. */
  readonly regular: readonly ForecastMethod[];
  /** Demand that stays away in many periods has a rate. */
  readonly sporadic: readonly ForecastMethod[];
}

/** In fewer seasons a back-test cannot tell a season from chance. */
const SEASONS_MIN = 4;
/** Back-tests a series. */
const WINDOWS = 2;
/** So many series of a kind, evenly spaced over it, are back-tested: their sum says as much as that of all. */
const SAMPLE_MAX = 300;
/** A method takes the place of the route's first one when its loss over the whole group is below this share of it. */
const GROUP_MARGIN = 0.97;

/**
 * Chooses a method for each kind of demand (Syntetos, Boylan & Croston 2005): of those that come into question the
 * one that is best in rolling-origin back-tests within the histories, over all series of the kind together. No
 * single series is given another: its own back-test, mostly of zeros where demand is sporadic, says too little.
 * @param global a network for every series; without one the classical methods are left to choose from
 */
export function createRouter(global?: ForecastMethod): ForecastMethod {
  const routes: Routes = {
    regular: [etsTheta, discountedMean, seasonalNaive, ...(global === undefined ? [] : [withGlobal(global)])],
    // The global model lost here against the discounted mean on every set of parts that it was tried on.
    sporadic: [discountedMean, etsTheta],
  };
  return { name: 'router', forecast: (assortment, ahead) => route(routes, assortment, ahead) };
}

/** The router without a model from a file. */
export const router = createRouter();

async function route(
  routes: Routes,
  assortment: readonly PreparedSeries[],
  ahead: Ahead,
): Promise<readonly Prediction[]> {
  const groups = groupsOf(routes, assortment, ahead.seasonLength);
  const samples = groups.map(({ places }) => sampleOf(places));
  const seriesAt = (places: readonly number[]) => places.map((place) => assortment[place] as PreparedSeries);
  // What the discounted mean learns, it learns from the assortment and not from one kind, in a back-test too.
  const [learned = []] = await backTest(seriesAt(samples.flat()), [discountedMean], ahead, WINDOWS);
  const predictions = new Array<Prediction>(assortment.length);
  let start = 0;
  for (const [index, { methods, places }] of groups.entries()) {
    const sample = samples[index] ?? [];
    const ofSample = learned.slice(start, start + sample.length);
    start += sample.length;
    const results: BackTest[][] = [];
    for (const method of methods) {
      const [tested = []] =
        method === discountedMean ? [ofSample] : await backTest(seriesAt(sample), [method], ahead, WINDOWS);
      results.push(tested);
    }
    const method = methods[chooseMethod(results)] as ForecastMethod;
    const learnsFromAll = method === discountedMean;
    const made = await method.forecast(learnsFromAll ? assortment : seriesAt(places), ahead);
    for (const [order, place] of places.entries()) {
      predictions[place] = made[learnsFromAll ? place : order] as Prediction;
    }
  }
  return predictions;
}

function sampleOf(places: readonly number[]): number[] {
  const count = Math.min(places.length, SAMPLE_MAX);
  return Array.from({ length: count }, (_, at) => places[Math.floor((at * places.length) / count)] as number);
}

/** The series by the methods that come into question for them. */
function groupsOf(routes: Routes, assortment: readonly PreparedSeries[], seasonLength: number) {
  const regular: number[] = [];
  const sporadic: number[] = [];
  for (const [place, { values }] of assortment.entries()) {
    const { kind } = demandPattern(values);
    const isRegular = (kind === 'smooth' || kind === 'erratic') && values.length >= SEASONS_MIN * seasonLength;
    (isRegular ? regular : sporadic).push(place);
  }
  return [
    { methods: routes.regular, places: regular },
    { methods: routes.sporadic, places: sporadic },
  ].filter(({ places }) => places.length > 0);
}

/** The method for all series of a kind, as an index into the methods whose back-tests are `results[method][series]`. */
export function chooseMethod(results: readonly (readonly BackTest[])[]): number {
  const losses = results.map((series) => series.reduce((sum, one) => sum + one.loss, 0));
  const first = losses[0] ?? 0;
  let choice = 0;
  for (const [index, loss] of losses.entries()) {
    if (loss < GROUP_MARGIN * first && loss < (losses[choice] ?? 0)) choice = index;
  }
  return choice;
}
