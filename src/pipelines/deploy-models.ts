import { judgeShadow, SHADOW_RULES } from '../../models/core/deployment/judge-shadow.ts';
import type { ShadowFigures } from '../../models/core/deployment/shadow-comparison.ts';
import { EdgeError, type ErrorCode } from '../core/errors.ts';
import { type ModelDeployed, modelDeployed } from '../events/ml/model.ts';
import type { Store } from '../store/store.ts';
import type { Pipeline, PipelineContext } from './pipeline.ts';

const HOUR_MS = 3_600_000;
const REASON_MAX = 500;

/** A model version that lies here, whole and signed. */
export interface InstalledModel {
  readonly version: string;
  /** Where it lies, for the program that opens it. */
  readonly folder: string;
}

/** Where the models of a site lie. */
export interface ModelShelf {
  /**
   * Fetches a version, checks size, digest and signature, and puts it in its place whole or not at all.
   * @throws {EdgeError} one of `REFUSALS` where the version is not to be taken; anything else may be tried again
   */
  install(task: string, version: string, artefact: NonNullable<ModelDeployed['artefact']>): Promise<InstalledModel>;
}

/** What a site does with the versions of one task. */
export interface DeployableTask {
  readonly task: string;
  /** The version that serves now. */
  live(): Promise<string>;
  /** Gives the candidate and the live version the same requests. */
  shadow(candidate: InstalledModel, context: PipelineContext): Promise<ShadowFigures>;
}

export interface DeployModelsOptions {
  readonly deviceId: string;
  readonly shelf: ModelShelf;
  readonly tasks: readonly DeployableTask[];
}

/** What is wrong with the version itself: fetching it again changes nothing. */
const REFUSALS: readonly ErrorCode[] = [
  'model-card-invalid',
  'artefact-truncated',
  'artefact-digest-mismatch',
  'artefact-signature-invalid',
  'model-mismatch',
  'payload-too-large',
];

/**
 * Does what the centre wants done with model versions: fetch, verify, run beside the live one, swap or keep what was.
 * Each request is answered with one `model.deployed` of this device. A version that cannot be fetched is tried again.
 */
export function deployModels(options: DeployModelsOptions): Pipeline {
  return {
    name: 'deploy-models',
    step: 'deploy',
    everyMs: HOUR_MS,
    reactsTo: ['model.deployed'],
    async run(context) {
      const requests = await openRequests(context.store);
      for (const request of requests) {
        const answer = await answerRequest(request, options, context);
        const { clock } = context.ports;
        await context.publish([
          modelDeployed.make({
            deploymentId: request.deploymentId,
            model: request.model,
            deviceId: options.deviceId,
            deployedAt: new Date(clock.nowMs()).toISOString(),
            ...answer,
            ...(answer.reason === undefined ? {} : { reason: answer.reason.slice(0, REASON_MAX) }),
          }),
        ]);
      }
      return { processed: requests.length, published: requests.length };
    },
  };
}

/** Requests of the centre that this device has not answered, oldest first. */
async function openRequests(store: Pick<Store, 'read'>): Promise<ModelDeployed[]> {
  const rows = await store.read({
    sql: 'SELECT request FROM models WHERE wanted IS NOT NULL AND wanted IS NOT answered ORDER BY request_position',
  });
  return rows.map((row) => JSON.parse(String(row.request)) as ModelDeployed);
}

type Answer = Pick<ModelDeployed, 'stage' | 'replaces' | 'shadow' | 'reason'>;

async function answerRequest(
  { model, stage, artefact }: ModelDeployed,
  { shelf, tasks }: DeployModelsOptions,
  context: PipelineContext,
): Promise<Answer> {
  const kept = (reason: string): Answer => ({ stage: 'rolled-back', reason });
  if (stage === 'rolled-back' || stage === 'retired') return { stage, reason: 'As the centre asked.' };
  const target = tasks.find(({ task }) => task === model.task);
  if (target === undefined) {
    const known = tasks.map(({ task }) => task).join(', ') || 'none';
    return kept(`This device takes no ${model.task} models; it takes: ${known}.`);
  }
  const replaces = await target.live();
  if (replaces === model.version) return { stage: 'live', reason: 'It is live here already.' };
  if (artefact === undefined) return kept('The deployment names no artefact. Send it with its address and digest.');
  if (model.sha256 !== undefined && model.sha256 !== artefact.sha256) {
    return kept('The digest of the model is not that of its artefact. Send the deployment again with one digest.');
  }
  try {
    const installed = await shelf.install(model.task, model.version, artefact);
    const figures = await target.shadow(installed, context);
    const { decision, reason } = judgeShadow(figures, {
      ...SHADOW_RULES,
      // A small catalogue has fewer requests to compare.
      comparedMin: Math.min(SHADOW_RULES.comparedMin, figures.compared),
    });
    const { candidate, agreement } = figures;
    const { meanLoss, latencyMs, requests, errors } = candidate;
    const metrics = { ...(meanLoss === undefined ? {} : { meanLoss }), latencyP95Ms: latencyMs.p95, errors };
    const shadow = { requests, agreement, metrics };
    if (decision !== 'swap') return { stage: 'rolled-back', replaces, shadow, reason };
    return { stage, replaces, shadow, reason };
  } catch (error) {
    if (error instanceof EdgeError && REFUSALS.includes(error.code)) return kept(`${error.title}: ${error.detail}`);
    throw error;
  }
}
