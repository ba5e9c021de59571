import { EdgeError } from '../core/errors.ts';
import { type ModelDeployed, type ModelTrained, modelDeployed } from '../events/ml/model.ts';
import type { Runtime } from '../runtime.ts';

/** A model that serves although no deployment brought it: it came with the program. */
export interface ShippedModel {
  readonly task: string;
  readonly version: string;
  readonly sha256?: string;
}

/** The deployed version of a task that serves here; `undefined` where the one that ships does. */
export async function liveVersion(
  { store }: Pick<Runtime, 'store'>,
  task: string,
): Promise<{ readonly version: string; readonly deploymentId: string } | undefined> {
  const [row] = await store.read({
    sql: "SELECT version, answered FROM models WHERE task = ? AND stage = 'live' ORDER BY stage_position DESC LIMIT 1",
    args: [task],
  });
  return row === undefined ? undefined : { version: String(row.version), deploymentId: String(row.answered) };
}

/**
 * Takes the deployed version of a task out of service; the one before it serves again, in the end the one that ships.
 * @returns which version served, and which one does now
 * @throws {EdgeError} `conflict` where no deployed version serves
 */
export async function rollBackModel(
  runtime: Runtime,
  task: string,
  reason: string,
): Promise<{ readonly task: string; readonly from: string; readonly to: string }> {
  const live = await liveVersion(runtime, task);
  if (live === undefined) {
    throw new EdgeError(
      'conflict',
      `No deployed ${task} model serves here: what serves came with the program, and there is nothing before it.`,
    );
  }
  const { ports, identity } = runtime;
  await runtime.execute('publish-facts', {
    facts: [
      modelDeployed.make({
        // The deployment that ends: it counts as answered, and is not carried out again.
        deploymentId: live.deploymentId,
        model: { task, version: live.version },
        stage: 'rolled-back',
        deviceId: identity.deviceId,
        reason,
        deployedAt: new Date(ports.clock.nowMs()).toISOString(),
      }),
    ],
  });
  return { task, from: live.version, to: (await liveVersion(runtime, task))?.version ?? 'shipped' };
}

/** Rolls a version back where it is a deployed one that serves; what came with the program has nothing before it. */
export async function rollBackIfLive(
  runtime: Runtime,
  { task, version }: { readonly task: string; readonly version: string },
  reason: string,
): Promise<void> {
  if ((await liveVersion(runtime, task))?.version === version) await rollBackModel(runtime, task, reason);
}

export interface ListedModel {
  readonly task: string;
  readonly version: string;
  readonly stage: 'shipped' | 'candidate' | 'shadow' | 'live' | 'rolled-back' | 'retired';
  /** Whether it answers now. */
  readonly serving: boolean;
  /** True while a deployment waits to be carried out. */
  readonly pending: boolean;
  readonly sha256?: string;
  readonly reason?: string;
  readonly changedAt?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly shadow?: ModelDeployed['shadow'];
  readonly performance?: unknown;
  readonly drift?: readonly unknown[];
}

/** Every model version that this site knows, those that serve first. */
export async function listModels(
  runtime: Pick<Runtime, 'store'>,
  shipped: readonly ShippedModel[],
): Promise<ListedModel[]> {
  const rows = await runtime.store.read({ sql: 'SELECT * FROM models ORDER BY task, stage_position DESC, version' });
  const reports = await runtime.store.read({ sql: 'SELECT version, kind, snapshot FROM model_reports ORDER BY kind' });
  const reportsOf = (version: string) => {
    const mine = reports.filter((row) => row.version === version);
    const parsed = (wanted: (kind: string) => boolean) =>
      mine.filter(({ kind }) => wanted(String(kind))).map(({ snapshot }) => JSON.parse(String(snapshot)) as unknown);
    const [performance] = parsed((kind) => kind === 'performance');
    const drift = parsed((kind) => kind.startsWith('drift'));
    return { ...(performance === undefined ? {} : { performance }), ...(drift.length === 0 ? {} : { drift }) };
  };
  const serving = new Set<string>();
  for (const { task, stage, version } of rows) {
    if (stage === 'live' && !serving.has(String(task))) serving.add(String(task)).add(`${task} ${version}`);
  }
  const deployed = rows.map((row): ListedModel => {
    const task = String(row.task);
    const version = String(row.version);
    const answer = parse<ModelDeployed>(row.answer);
    const request = parse<ModelDeployed>(row.request);
    const trained = parse<ModelTrained>(row.trained);
    const isServing = serving.has(`${task} ${version}`);
    const stage = row.stage as ListedModel['stage'];
    const sha256 = request?.artefact?.sha256 ?? trained?.artefact.sha256;
    return {
      task,
      version,
      // A live version that a later one replaced serves no more.
      stage: stage === 'live' && !isServing ? 'retired' : stage,
      serving: isServing,
      pending: row.wanted !== null && row.wanted !== row.answered,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(answer?.reason === undefined ? {} : { reason: answer.reason }),
      ...(answer === undefined ? {} : { changedAt: answer.deployedAt }),
      ...(trained === undefined ? {} : { metrics: trained.metrics }),
      ...(answer?.shadow === undefined ? {} : { shadow: answer.shadow }),
      ...reportsOf(version),
    };
  });
  const came = shipped.map(
    ({ task, version, sha256 }): ListedModel => ({
      task,
      version,
      stage: 'shipped',
      serving: !serving.has(task),
      pending: false,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...reportsOf(version),
    }),
  );
  return [...came, ...deployed].sort((a, b) => Number(b.serving) - Number(a.serving) || a.task.localeCompare(b.task));
}

function parse<T>(text: unknown): T | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as T) : undefined;
}
