import { rmSync } from 'node:fs';
import { localModels } from '../../edge/advice/local-models.ts';
import { nodeMetrics } from '../../edge/node/metrics.ts';
import { readMigrations } from '../../edge/node/migrations.ts';
import { openFileStore, openMemoryStore } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { Lane } from '../../src/core/event.ts';
import type { EventData, EventType } from '../../src/events/catalog.ts';
import { createHttp, type HttpOptions } from '../../src/http/app.ts';
import { localAuth } from '../../src/http/auth.ts';
import { startAdvice } from '../../src/runtime/advice.ts';
import { offlineLink } from '../../src/runtime/link.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';
import { CURSORS, cursorStatement } from '../../src/store/cursors.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { CATALOGUE } from './http-catalogue.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Something that answers HTTP requests the way the contract says. */
export interface HttpTarget {
  /** Sends a request to a path such as `/v1/orders`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Ends it and starts it again on what it had stored; another dealer id is what an operator's correction looks like. */
  reopen(options?: TargetOptions): Promise<HttpTarget>;
  /** Plays the hub: it has stored the lane up to this sequence. Left out where a platform cannot play it. */
  acknowledge?(lane: Lane, sequence: number): Promise<void>;
  close(): Promise<void>;
}

export interface TargetOptions {
  readonly dealerId?: string;
}

/** Starts a target with an empty log. */
export type OpenTarget = (options?: TargetOptions) => Promise<HttpTarget>;

/** A target in this process, with its parts in reach. */
export interface LocalTarget extends HttpTarget {
  readonly runtime: Runtime;
  readonly app: ReturnType<typeof createHttp>;
  readonly folder: string;
  /** Errors that were nobody's request's fault. */
  readonly reported: unknown[];
}

/** `createHttp` on a temporary libSQL file, without a socket in between. */
export async function openLocalTarget(
  options: TargetOptions & Partial<Pick<HttpOptions, 'authenticate'>> & { folder?: string; temporary?: boolean } = {},
): Promise<LocalTarget> {
  const folder = options.folder ?? temporaryFolder().path;
  const temporary = options.temporary ?? options.folder === undefined;
  const dealerId = options.dealerId ?? 'D042';
  const runtime = await createRuntime({
    store: await openFileStore(folder),
    ports: nodePorts,
    migrations: readMigrations(),
    dealerId,
    deviceId: 'B1',
  });
  const link = await offlineLink(runtime);
  const reported: unknown[] = [];
  const advice = startAdvice({
    runtime,
    models: localModels,
    policy: { leadTimeDays: 5, serviceLevel: 0.95 },
    codeVersion: 'test',
    // Nothing runs unless it is asked to: other tests count events.
    firstAfterMs: 1e12,
    settleMs: 1e12,
    report: (error) => reported.push(error),
  });
  const app = createHttp({
    runtime,
    link,
    advice,
    authenticate: options.authenticate ?? localAuth(dealerId),
    metrics: nodeMetrics(runtime, link, new LinkCounters(), advice),
    replay: { migrations: readMigrations(), openScratch: openMemoryStore },
    version: 'test',
    report: (error) => reported.push(error),
  });
  return {
    runtime,
    app,
    folder,
    reported,
    fetch: async (path, init) => app.fetch(new Request(`http://127.0.0.1${path}`, init)),
    reopen: async (next = {}) => {
      await advice.close();
      await runtime.close();
      return openLocalTarget({ ...options, ...next, folder, temporary });
    },
    acknowledge: (lane, sequence) =>
      runtime.store.batch([
        cursorStatement(CURSORS.acked(lane, runtime.identity.epoch), sequence, nodePorts.clock.nowMs()),
      ]),
    close: async () => {
      await advice.close();
      await runtime.close();
      if (temporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A CloudEvent from the centre, as the gateway takes it. */
export function fromCentre<Type extends EventType>(
  type: Type,
  data: EventData<Type>,
  id: string = nodePorts.random.uuid(),
) {
  return {
    specversion: '1.0',
    id,
    source: 'urn:dealeriq:centre:test',
    type,
    datacontenttype: 'application/json',
    data,
  };
}

/** A POST of JSON. */
export function posting(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** A batch of events for the gateway. */
export function batchOf(events: readonly unknown[]): RequestInit {
  return posting(events, { 'content-type': 'application/cloudevents-batch+json' });
}

/** Sends the fixed catalogue to a target, through its own gateway. */
export async function stock<Target extends HttpTarget>(target: Target): Promise<Target> {
  const response = await target.fetch('/v1/events', batchOf(CATALOGUE));
  const { results } = (await response.json()) as { results: { status: string; reason?: string }[] };
  const refused = results.find((result) => result.status !== 'logged');
  if (refused !== undefined) throw new Error(`The catalogue was refused: ${JSON.stringify(refused)}`);
  return target;
}
