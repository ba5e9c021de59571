import type { z } from 'zod';
import type { ModelDriftDetected } from '../../../src/events/ml/model.ts';
import type { DriftAlert } from '../../../src/events/ops/drift.ts';
import type { modelReference, sample } from '../../../src/events/parts.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { BINS, populationStability } from './population-stability.ts';

/** Above it, shares of a feature's bins have moved a lot (Siddiqi 2006). */
const PSI_MAX = 0.2;
/** A distance of the distributions that matters; a smaller one is no drift, however significant. */
const KS_MAX = 0.12;
/** How unlikely such a distance has to be by chance. */
const KS_P_VALUE_MAX = 0.01;
/** A model whose error is this many times the accepted one is no longer trusted. */
const ERROR_RATIO_MAX = 1.5;
/** From twice its threshold on, drift is critical. */
const CRITICAL = 2;
/** In fewer values bins hold only a handful, and chance alone passes the threshold. */
const VALUES_MIN = 100;

/** One feature: what the model was accepted on, and what it sees now. */
export interface FeatureSample {
  readonly feature: string;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface DriftInput {
  readonly model: z.infer<typeof modelReference>;
  readonly features: readonly FeatureSample[];
  /** Mean absolute errors of the model when it was accepted and now. */
  readonly errors?: { readonly reference: number; readonly current: number };
  readonly reference: z.infer<typeof sample>;
  readonly current: z.infer<typeof sample>;
  /** The method that answers until the model is trusted again. */
  readonly fallback: string;
  readonly detectedAt: string;
  newId(): string;
}

type Finding = ModelDriftDetected['features'][number];

/**
 * Compares what a model sees and how far it is off with what it was accepted on.
 * @returns payloads for `model.drift.detected`: none, or one a kind (`input`, `error`) that has drifted
 */
export function detectDrift(input: DriftInput): ModelDriftDetected[] {
  const kinds: { kind: 'input' | 'error'; features: Finding[] }[] = [
    { kind: 'input', features: input.features.flatMap(compareFeature) },
    { kind: 'error', features: input.errors === undefined ? [] : [compareErrors(input.errors)] },
  ];
  return kinds
    .filter(({ features }) => features.some(({ drifted }) => drifted))
    .map(({ kind, features }) => ({
      driftId: input.newId(),
      model: input.model,
      kind,
      reference: input.reference,
      current: input.current,
      features,
      severity: features.some((one) => one.drifted && excess(one) >= CRITICAL) ? 'critical' : 'warning',
      fallback: input.fallback,
      detectedAt: input.detectedAt,
    }));
}

/**
 * Sums up what has drifted at a site in one payload for `drift.alert`; critical drift asks for retraining.
 * @returns `undefined` where nothing has drifted
 */
export function summariseDrift(
  found: readonly ModelDriftDetected[],
  site: Pick<DriftAlert, 'alertId' | 'dataset' | 'window' | 'raisedAt'>,
): DriftAlert | undefined {
  const features = found.flatMap((one) => one.features);
  const drifted = features.filter((one) => one.drifted).toSorted((a, b) => excess(b) - excess(a));
  const [worst] = drifted;
  if (worst === undefined) return undefined;
  const severity = found.some((one) => one.severity === 'critical') ? 'critical' : 'warning';
  return {
    ...site,
    featuresChecked: features.length,
    featuresDrifted: drifted.length,
    worst: { feature: worst.feature, statistic: worst.statistic, value: worst.value, threshold: worst.threshold },
    driftIds: found.map((one) => one.driftId).slice(0, 100),
    affectedModels: [...new Set(found.map((one) => one.model.version))].slice(0, 100),
    severity,
    action: severity === 'critical' ? 'retrain' : 'investigate',
  };
}

/** Nothing is said of a feature with too few values. */
function compareFeature({ feature, reference, current }: FeatureSample): Finding[] {
  const before = reference.filter(Number.isFinite);
  const now = current.filter(Number.isFinite);
  if (before.length < VALUES_MIN || now.length < VALUES_MIN) return [];
  const psi = populationStability(before, now);
  const { statistic, pValue } = kolmogorovSmirnov(before, now);
  return [
    { feature, statistic: 'psi', value: psi, threshold: PSI_MAX, bins: BINS, drifted: psi > PSI_MAX },
    {
      feature,
      statistic: 'ks',
      value: statistic,
      threshold: KS_MAX,
      pValue,
      drifted: statistic > KS_MAX && pValue < KS_P_VALUE_MAX,
    },
  ];
}

/** A model that was accepted without error and errs now has drifted, whatever the ratio. */
function compareErrors({ reference, current }: { reference: number; current: number }): Finding {
  const value = reference > 0 ? current / reference : current > 0 ? 2 * CRITICAL * ERROR_RATIO_MAX : 1;
  return {
    feature: 'absoluteError',
    statistic: 'error-ratio',
    value,
    threshold: ERROR_RATIO_MAX,
    drifted: value > ERROR_RATIO_MAX,
  };
}

function excess({ value, threshold }: Finding): number {
  return value / threshold;
}
