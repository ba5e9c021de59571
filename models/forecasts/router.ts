import { type BackTest, backTest } from './back-test.ts';
import { combination } from './combination.ts';
import { demandPattern } from './demand-class.ts';
import { discountedMean } from './discounted-mean.ts';
import { ets } from './ets.ts';
import type { ForecastMethod, Prediction } from './method.ts';
import type { PreparedSeries } from './prepare-series.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

/** The average of exponential smoothing and theta, whose errors differ. */
export const etsTheta = combination('ets+theta', [ets, theta]);

/** Demand that comes in most periods has a level, a trend and a season. The first is taken where nothing speaks for another. */
const REGULAR: readonly ForecastMethod[] = [etsTheta, discountedMean, seasonalNaive];
/** Demand that stays away in many periods has a rate. */
const SPORADIC: readonly ForecastMethod[] = [discountedMean, etsTheta];

/** In fewer seasons a back-test cannot tell a season from chance. */
const SEASONS_MIN = 4;
/** Back-tests a series. */
const WINDOWS = 2;
/** A method takes the place of the route's first one when its loss over the whole group is below this share of it. */
const GROUP_MARGIN = 0.97;
/** A method takes the place of the group's one for one series when its loss there is below this share of it. */
const SERIES_MARGIN = 0.4;

/**
 * Chooses a method for each series: by its kind of demand (Syntetos, Boylan & Croston 2005) the methods that come
 * into question, then by rolling-origin back-tests within the histories the one that is best for all series of the
 * kind together, and another for a series where that one was far better. One series' back-test says little, so the
 * margin for it is wide.
 */
export const router: ForecastMethod = {
  name: 'router',
  forecast(assortment, ahead) {
    const chosen = new Map<ForecastMethod, number[]>();
    // What the discounted mean learns, it learns from the whole assortment, in a back-test too.
    const learned = backTest(assortment, [discountedMean], ahead, WINDOWS)[0] ?? [];
    for (const { methods, places: members } of groupsOf(assortment, ahead.seasonLength)) {
      const group = members.map((place) => assortment[place] as PreparedSeries);
      const results = methods.map((method) =>
        method === discountedMean
          ? members.map((place) => learned[place] as BackTest)
          : (backTest(group, [method], ahead, WINDOWS)[0] ?? []),
      );
      const choices = chooseMethods(results);
      for (const [order, place] of members.entries()) {
        const method = methods[choices[order] ?? 0] as ForecastMethod;
        const places = chosen.get(method);
        if (places === undefined) chosen.set(method, [place]);
        else places.push(place);
      }
    }
    const predictions = new Array<Prediction>(assortment.length);
    for (const [method, places] of chosen) {
      const learnsFromAll = method === discountedMean;
      const made = method.forecast(
        learnsFromAll ? assortment : places.map((place) => assortment[place] as PreparedSeries),
        ahead,
      );
      for (const [order, place] of places.entries()) {
        predictions[place] = made[learnsFromAll ? place : order] as Prediction;
      }
    }
    return predictions;
  },
};

/** The series by the methods that come into question for them. */
function groupsOf(assortment: readonly PreparedSeries[], seasonLength: number) {
  const regular: number[] = [];
  const sporadic: number[] = [];
  for (const [place, { values }] of assortment.entries()) {
    const { kind } = demandPattern(values);
    const isRegular = (kind === 'smooth' || kind === 'erratic') && values.length >= SEASONS_MIN * seasonLength;
    (isRegular ? regular : sporadic).push(place);
  }
  return [
    { methods: REGULAR, places: regular },
    { methods: SPORADIC, places: sporadic },
  ].filter(({ places }) => places.length > 0);
}

/** The method of each series, as an index into the methods whose back-tests are given as `results[method][series]`. */
export function chooseMethods(results: readonly (readonly BackTest[])[]): number[] {
  const losses = results.map((series) => series.reduce((sum, one) => sum + one.loss, 0));
  const first = losses[0] ?? 0;
  let groupChoice = 0;
  for (const [index, loss] of losses.entries()) {
    if (loss < GROUP_MARGIN * first && loss < (losses[groupChoice] ?? 0)) groupChoice = index;
  }
  const count = results[0]?.length ?? 0;
  return Array.from({ length: count }, (_, place) => {
    let choice = groupChoice;
    let least = SERIES_MARGIN * (results[groupChoice]?.[place]?.loss ?? 0);
    for (const [index, series] of results.entries()) {
      const one = series[place];
      if (one === undefined || one.windows < WINDOWS || one.loss >= least) continue;
      choice = index;
      least = one.loss;
    }
    return choice;
  });
}
