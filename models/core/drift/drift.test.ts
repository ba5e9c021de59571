import { describe, expect, it } from 'vitest';
import { createPrng } from '../../../edge/demo/prng.ts';
import { embeddingDriftAlert } from '../../../src/events/ml/embedding.ts';
import { modelDriftDetected } from '../../../src/events/ml/model.ts';
import { driftAlert } from '../../../src/events/ops/drift.ts';
import { type DriftInput, detectDrift, summariseDrift } from './detect-drift.ts';
import { detectEmbeddingDrift } from './embedding-drift.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { populationStability } from './population-stability.ts';

const normal = (count: number, mean: number, stream: string) => {
  const prng = createPrng(7, stream);
  return Array.from({ length: count }, () => mean + Math.log(prng.logNormal(1)));
};
const period = { from: '2026-10-05T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', samples: 800 };
const model = { task: 'forecast', version: 'forecast-1.2.0' };

function input(features: DriftInput['features'], errors?: DriftInput['errors']): DriftInput {
  let ids = 0;
  return {
    model,
    features,
    ...(errors === undefined ? {} : { errors }),
    reference: period,
    current: period,
    fallback: 'seasonal-naive',
    detectedAt: period.to,
    newId: () => {
      ids += 1;
      return `DRIFT-${ids}`;
    },
  };
}

describe('the drift statistics', () => {
  it('give the values computed by hand', () => {
    // Ten bins with one value each against all in the first: 9 empty bins count as half a value.
    const reference = Array.from({ length: 10 }, (_, at) => at);
    const expected = 0.9 * Math.log(10) + 9 * (0.05 - 0.1) * Math.log(0.05 / 0.1);
    expect(populationStability(reference, new Array<number>(10).fill(0))).toBeCloseTo(expected, 12);
    expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).statistic).toBe(0.5);
  });

  it('agree with the known p-value of a distance', () => {
    // Kolmogorov's distribution has its 5 % point at 1.3581; two samples of 20,000 make the correction vanish.
    const shifted = Array.from({ length: 20_000 }, (_, at) => at);
    const other = shifted.map((value) => value + Math.round(1.3581 * Math.sqrt(2 / 20_000) * 20_000));
    expect(kolmogorovSmirnov(shifted, other).pValue).toBeCloseTo(0.05, 2);
  });

  it('are zero for the same values and for nothing', () => {
    const values = normal(500, 0, 'same');
    expect(populationStability(values, values)).toBe(0);
    expect(kolmogorovSmirnov(values, values)).toEqual({ statistic: 0, pValue: 1 });
    expect(populationStability([], values)).toBe(0);
    expect(kolmogorovSmirnov(values, [])).toEqual({ statistic: 0, pValue: 1 });
  });
});

describe('the drift detector', () => {
  it('catches a shift of an input and names the worst feature', () => {
    const found = detectDrift(
      input([
        { feature: 'priceRatio', reference: normal(1000, 0, 'a'), current: normal(800, 1, 'b') },
        { feature: 'soldQuantity', reference: normal(1000, 0, 'c'), current: normal(800, 0, 'd') },
      ]),
    );
    expect(found).toHaveLength(1);
    expect(modelDriftDetected.schema.parse(found[0])).toMatchObject({
      kind: 'input',
      severity: 'critical',
      fallback: 'seasonal-naive',
    });
    const drifted = found[0]?.features.filter((one) => one.drifted).map((one) => `${one.feature}/${one.statistic}`);
    expect(drifted).toEqual(['priceRatio/psi', 'priceRatio/ks']);
    const alert = summariseDrift(found, {
      alertId: 'DA-1',
      dataset: 'dealer-sku-demand-28d',
      window: period,
      raisedAt: period.to,
    });
    expect(driftAlert.schema.parse(alert)).toMatchObject({
      worst: { feature: 'priceRatio' },
      featuresChecked: 4,
      featuresDrifted: 2,
      action: 'retrain',
    });
  });

  it('raises no alarm in 200 pairs of samples of one distribution', () => {
    for (let pair = 0; pair < 200; pair += 1) {
      const feature = {
        feature: 'soldQuantity',
        reference: normal(500, 0, `reference ${pair}`),
        current: normal(400, 0, `current ${pair}`),
      };
      expect(detectDrift(input([feature]))).toEqual([]);
    }
  });

  it('catches an error that has grown, and leaves one alone that has not', () => {
    expect(detectDrift(input([], { reference: 2, current: 2.4 }))).toEqual([]);
    const [found] = detectDrift(input([], { reference: 2, current: 7 }));
    expect(modelDriftDetected.schema.parse(found)).toMatchObject({ kind: 'error', severity: 'critical' });
    expect(detectDrift(input([], { reference: 0, current: 0 }))).toEqual([]);
    expect(detectDrift(input([], { reference: 0, current: 1 }))).toHaveLength(1);
  });

  it('says nothing of a handful of values, nor of what is no number', () => {
    const few = { feature: 'few', reference: normal(99, 0, 'few'), current: normal(500, 9, 'many') };
    const none = { feature: 'none', reference: new Array<number>(500).fill(Number.NaN), current: normal(500, 0, 'n') };
    expect(detectDrift(input([few, none]))).toEqual([]);
    expect(summariseDrift([], { alertId: 'DA-1', dataset: 'd', window: period, raisedAt: period.to })).toBeUndefined();
  });
});

describe('the embedding drift detector', () => {
  const vectors = (count: number, direction: number, stream: string, dimension = 16) => {
    const prng = createPrng(11, stream);
    return Array.from({ length: count }, () =>
      Float32Array.from({ length: dimension }, (_, at) => (at === direction ? 1 : 0) + prng.between(-0.2, 0.2)),
    );
  };
  const shared = {
    alertId: 'EDA-1',
    model: { task: 'embedding', version: 'embedding-1.0.0' },
    collection: 'products',
    reference: period,
    current: period,
    detectedAt: period.to,
    dimension: 16,
    collectionSize: 2140,
    referenceVectors: vectors(100, 0, 'reference'),
  };

  it('catches a turned centroid and asks for the whole collection', () => {
    const alert = detectEmbeddingDrift({ ...shared, currentVectors: vectors(100, 1, 'turned') });
    expect(embeddingDriftAlert.schema.parse(alert)).toMatchObject({ kind: 'centroid-shift', itemsToEmbed: 2140 });
  });

  it('names vectors of another dimension', () => {
    const currentVectors = [...vectors(98, 0, 'own'), ...vectors(2, 0, 'foreign', 8)];
    expect(embeddingDriftAlert.schema.parse(detectEmbeddingDrift({ ...shared, currentVectors }))).toMatchObject({
      kind: 'dimension-mismatch',
      expectedDimension: 16,
      actualDimension: 8,
      itemsToEmbed: 2,
    });
  });

  it('is quiet when the vectors point where they did', () => {
    expect(detectEmbeddingDrift({ ...shared, currentVectors: vectors(100, 0, 'other') })).toBeUndefined();
  });
});
