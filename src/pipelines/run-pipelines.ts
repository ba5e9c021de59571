import { EdgeError } from '../core/errors.ts';
import type { LoggedEvent, NewEvent } from '../core/event.ts';
import { dataPipelineStarted } from '../events/ops/data.ts';
import { type IncidentCreated, incidentCreated, incidentResolved } from '../events/ops/incident.ts';
import { mlPipelineFailed } from '../events/ops/ml-pipeline.ts';
import type { Pipeline, PipelineContext } from './pipeline.ts';

export type Trigger = 'schedule' | 'operator' | 'event' | 'startup';

/** How a pipeline stands, since the start of the program. */
export interface PipelineState {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'failed';
  readonly lastRunAtMs?: number;
  readonly lastDurationMs?: number;
  readonly lastError?: string;
}

export interface PipelineRunner {
  states(): readonly PipelineState[];
  /**
   * Runs one now, after what is running. Resolves when it has ended, well or not.
   * @throws {EdgeError} `not-found` for a pipeline that is not there
   */
  run(name: string): Promise<PipelineState>;
  /** Starts nothing more, and waits for the run that is under way. */
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly context: PipelineContext;
  readonly pipelines: readonly Pipeline[];
  /** The runtime's: called with the events of each commit. */
  subscribe(listener: (events: readonly LoggedEvent[]) => void): () => void;
  /** From the start to the first runs, in milliseconds. */
  readonly firstAfterMs: number;
  /** From an event to the run that it asks for, in milliseconds: several events make one run. */
  readonly settleMs: number;
  /** Told of failures, besides the event. */
  readonly report: (error: unknown, pipeline: string) => void;
}

const RETRY_MS = 15 * 60_000;
/** From the end of a run to the next one that events ask for: a busy counter must not keep a box computing. */
const PAUSE_MS = 60_000;
/** And at least so many times as long as the run took. */
const PAUSE_RUNS = 20;
const TICK_MS = 500;
const MESSAGE_MAX = 2000;

interface Slot {
  readonly pipeline: Pipeline;
  /** When the next run comes by the clock. */
  dueMs: number;
  /** When the next run comes because of events; absent when none asked for one. */
  wantedMs?: number | undefined;
  /** Not before this because of events. */
  restedMs: number;
  /** A run that waits for its turn: whoever else asks for one gets it. */
  queued?: Promise<PipelineState> | undefined;
  trigger: Trigger;
  attempt: number;
  state: PipelineState;
}

/** Runs pipelines one at a time, when they are due. A failed run leaves what was there and opens an incident. */
export function startPipelines(options: RunnerOptions): PipelineRunner {
  const { context, pipelines, firstAfterMs, settleMs } = options;
  const { clock, scheduler } = context.ports;
  const slots = pipelines.map(
    (pipeline): Slot => ({
      pipeline,
      dueMs: clock.nowMs() + firstAfterMs,
      trigger: 'startup',
      attempt: 1,
      restedMs: 0,
      state: { name: pipeline.name, state: 'waiting' },
    }),
  );
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let busy = false;

  const enqueue = (slot: Slot, trigger: Trigger): Promise<PipelineState> => {
    if (slot.queued !== undefined) return slot.queued;
    const next = queue.then(() => {
      slot.queued = undefined;
      return closed ? slot.state : runOnce(options, slot, trigger, () => closed);
    });
    slot.queued = next;
    queue = next.catch((error: unknown) => options.report(error, slot.pipeline.name));
    return next;
  };
  const stopTicking = scheduler.every(TICK_MS, () => {
    if (busy || closed) return;
    const nowMs = clock.nowMs();
    const due = slots.find((slot) => Math.min(slot.dueMs, slot.wantedMs ?? slot.dueMs) <= nowMs);
    if (due === undefined) return;
    busy = true;
    enqueue(due, due.dueMs <= nowMs ? due.trigger : 'event')
      .catch((error: unknown) => options.report(error, due.pipeline.name))
      .finally(() => {
        busy = false;
      });
  });
  const unsubscribe = options.subscribe((events) => {
    for (const slot of slots) {
      if (!events.some(({ type }) => slot.pipeline.reactsTo.includes(type))) continue;
      slot.wantedMs ??= Math.max(clock.nowMs() + settleMs, slot.restedMs);
    }
  });
  return {
    states: () => slots.map(({ state }) => state),
    async run(name) {
      const slot = slots.find(({ pipeline }) => pipeline.name === name);
      if (slot === undefined) {
        const names = slots.map(({ pipeline }) => pipeline.name).join(', ');
        throw new EdgeError('not-found', `There is no pipeline "${name}" here. There are: ${names || 'none'}.`);
      }
      return enqueue(slot, 'operator');
    },
    async close() {
      closed = true;
      stopTicking();
      unsubscribe();
      await queue;
    },
  };
}

async function runOnce(
  { context, report }: RunnerOptions,
  slot: Slot,
  trigger: Trigger,
  closing: () => boolean,
): Promise<PipelineState> {
  const { pipeline } = slot;
  const { clock, random } = context.ports;
  const startedMs = clock.nowMs();
  const runId = `RUN-${random.uuid()}`;
  slot.state = { ...slot.state, state: 'running' };
  // What events ask for from here on is not in this run.
  slot.wantedMs = undefined;
  try {
    await context.publish([
      dataPipelineStarted.make({
        runId,
        pipeline: pipeline.name,
        trigger,
        attempt: slot.attempt,
        codeVersion: context.codeVersion,
        inputs: [{ kind: 'log', id: 'events' }],
        startedAt: new Date(startedMs).toISOString(),
      }),
    ]);
    await pipeline.run(context);
    slot.attempt = 1;
    slot.dueMs = clock.nowMs() + pipeline.everyMs;
    slot.restedMs = clock.nowMs() + Math.max(PAUSE_MS, PAUSE_RUNS * (clock.nowMs() - startedMs));
    if (slot.wantedMs !== undefined) slot.wantedMs = Math.max(slot.wantedMs, slot.restedMs);
    slot.state = ended(pipeline.name, 'waiting', startedMs, clock.nowMs());
    await context.publish(await resolveIncident(context, pipeline.name));
  } catch (error) {
    slot.dueMs = clock.nowMs() + RETRY_MS;
    // The retry comes by the clock: events of a busy day must not make a failure of each minute.
    slot.restedMs = slot.dueMs;
    slot.wantedMs = undefined;
    const message = error instanceof Error ? error.message : String(error);
    slot.state = { ...ended(pipeline.name, 'failed', startedMs, clock.nowMs()), lastError: message };
    // Stopping the box breaks a run off; that is no failure, and the next start runs it again.
    if (closing()) return slot.state;
    report(error, pipeline.name);
    try {
      await context.publish(await failure(context, slot, { runId, startedMs, error, message }));
    } catch (unwritten) {
      // A full disk, say. The state and the log of the program still tell of it.
      report(unwritten, pipeline.name);
    }
    slot.attempt = Math.min(1000, slot.attempt + 1);
  }
  slot.trigger = 'schedule';
  return slot.state;
}

function ended(name: string, state: 'waiting' | 'failed', startedMs: number, nowMs: number): PipelineState {
  return { name, state, lastRunAtMs: startedMs, lastDurationMs: nowMs - startedMs };
}

async function failure(
  context: PipelineContext,
  { pipeline, attempt }: Slot,
  { runId, startedMs, error, message }: { runId: string; startedMs: number; error: unknown; message: string },
): Promise<NewEvent[]> {
  const nowMs = context.ports.clock.nowMs();
  const failedAt = new Date(nowMs).toISOString();
  const failed = mlPipelineFailed.make({
    runId,
    pipeline: pipeline.name,
    step: pipeline.step,
    attempt,
    errorCode: error instanceof EdgeError ? error.code : 'unexpected',
    message: message.slice(0, MESSAGE_MAX),
    retryable: true,
    retryAt: new Date(nowMs + RETRY_MS).toISOString(),
    processed: 0,
    startedAt: new Date(startedMs).toISOString(),
    failedAt,
  });
  if ((await openIncident(context, pipeline.name)) !== undefined) return [failed];
  return [
    failed,
    incidentCreated.make({
      incidentId: `INC-${context.ports.random.uuid()}`,
      rule: RULE,
      fingerprint: fingerprint(pipeline.name),
      severity: 'minor',
      title: `The run of ${pipeline.name} failed`,
      detail: `${message.slice(0, MESSAGE_MAX)} What was made before stays in use; orders are not affected.`,
      affected: { kind: 'pipeline', id: pipeline.name },
      evidence: [{ eventType: 'ml.pipeline.failed', eventId: runId }],
      startedAt: failedAt,
      openedAt: failedAt,
    }),
  ];
}

const RULE = 'ml-pipeline-failed';

function fingerprint(pipeline: string): string {
  return `${RULE}/pipeline/${pipeline}`;
}

async function openIncident({ store }: PipelineContext, pipeline: string): Promise<IncidentCreated | undefined> {
  const [row] = await store.read({
    sql: 'SELECT snapshot FROM incidents WHERE fingerprint = ? AND resolved_at IS NULL LIMIT 1',
    args: [fingerprint(pipeline)],
  });
  return row === undefined ? undefined : (JSON.parse(String(row.snapshot)) as IncidentCreated);
}

/** A good run ends the incident of the failed ones before it. */
async function resolveIncident(context: PipelineContext, pipeline: string): Promise<NewEvent[]> {
  const open = await openIncident(context, pipeline);
  if (open === undefined) return [];
  const nowMs = context.ports.clock.nowMs();
  const { incidentId, rule, severity, affected, openedAt } = open;
  return [
    incidentResolved.make({
      incidentId,
      rule,
      severity,
      affected,
      resolution: 'recovered',
      resolvedBy: { kind: 'system', id: 'pipeline-runner' },
      openedAt,
      resolvedAt: new Date(nowMs).toISOString(),
      timeToResolveMs: Math.max(0, nowMs - Date.parse(openedAt)),
    }),
  ];
}
