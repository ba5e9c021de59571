import type { SeriesHistory } from '../models/core/ports.ts';
import { forecastAssortment } from '../models/forecasts/local-forecaster.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import type { Benchmark, Contestant } from './support/benchmark.ts';
import { alternate } from './support/compare.ts';

const SERIES = 1_000;
const MONTHS = 36;
const AHEAD = { horizon: 6, seasonLength: 12, quantiles: [0.1, 0.5, 0.9] } as const;
/** Series that are forecast one by one in a round; all would take minutes. */
const SINGLE = 50;

/** The demand of an assortment, forecast in one call and SKU by SKU. */
export const forecasts: Benchmark = {
  name: 'forecasts',
  about: `The next ${AHEAD.horizon} months of ${SERIES.toLocaleString('en')} SKUs with ${MONTHS} months of demand, chosen by back-test.`,
  run(context) {
    const assortment = demand();
    const ours: Contestant = {
      label: 'dealeriq-edge',
      does: `forecastAssortment with all ${SERIES} histories at once`,
      async round() {
        const start = performance.now();
        await forecastAssortment(assortment, AHEAD);
        return (SERIES * 1_000) / (performance.now() - start);
      },
    };
    const single: Contestant = {
      label: 'one by one',
      does: `forecastAssortment with one history a call, over ${SINGLE} of them, evenly spread`,
      async round() {
        const some = assortment.filter((_, at) => at % (SERIES / SINGLE) === 0);
        const start = performance.now();
        for (const history of some) await forecastAssortment([history], AHEAD);
        return (some.length * 1_000) / (performance.now() - start);
      },
    };
    return alternate(context, ours, [
      {
        name: 'forecasts / one by one',
        unit: 'requests/s',
        target: { ratioMin: 10 },
        peer: single,
        note: 'A request is one series. Demand is made: six in ten sporadic, the others regular, half of these with a season.',
      },
    ]);
  },
};

/** The same demand in every run. */
function demand(): SeriesHistory[] {
  const random = seededRandom(7);
  return Array.from({ length: SERIES }, (_, at) => {
    const isSporadic = at % 10 < 6;
    const level = 2 + 30 * random();
    const values = Array.from({ length: MONTHS }, (_, month) => {
      if (isSporadic) return random() < 0.3 ? Math.ceil(6 * random()) : 0;
      const season = at % 2 === 0 ? 1 + 0.4 * Math.sin((2 * Math.PI * month) / 12) : 1;
      return Math.round(level * season * (0.7 + 0.6 * random()));
    });
    return { id: `S-${at}`, values };
  });
}
