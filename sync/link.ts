import { decorrelatedJitterGenerator, ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { LANES } from '../src/core/event.ts';
import type { Link, LinkState } from '../src/runtime/link.ts';
import type { Runtime } from '../src/runtime.ts';
import { CURSORS, readCursor } from '../src/store/cursors.ts';
import { readPaused, writePaused } from '../src/store/paused.ts';
import { runDownlink } from './core/downlink.ts';
import type { DownHub, UpHub } from './core/hub.ts';
import { createSignal } from './core/signal.ts';
import { runLane, UplinkRefused, type UplinkReport } from './core/uplink.ts';
import type { LinkCounters } from './counters.ts';

/** A connection to the hub, for as long as it lasts. */
export interface HubConnection {
  readonly up: UpHub;
  readonly down: DownHub;
  /** Resolves when the connection is gone for good. */
  closed(): Promise<void>;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly runtime: Runtime;
  /** Opens a connection; throws when the hub cannot be reached. */
  connect(): Promise<HubConnection>;
  readonly counters: LinkCounters;
  /** Told why a session ended. */
  readonly report?: (error: unknown) => void;
  /** Which other device's last event this device may follow (resume.ts). */
  readonly takeOver?: string | undefined;
  /** How long to wait between two tries, in milliseconds. */
  readonly retryMs?: { readonly first: number; readonly most: number };
}

/** Between two tries: from half a second to half a minute, with jitter so that a fleet does not come back at once. */
const RETRY_MS = { first: 500, most: 30_000 };

/** A session that lasted this long was sound. */
const SOUND_SESSION_MS = 5_000;

/**
 * Keeps a box linked to the hub: connects, runs both lanes up and the deliveries down, and starts over when anything
 * fails. What must not go on by itself (another device writes) waits for an operator.
 */
export async function startLink(options: LinkOptions): Promise<Link> {
  const { runtime, counters } = options;
  const { clock } = runtime.ports;
  const { first, most } = options.retryMs ?? RETRY_MS;
  const backoff = new ExponentialBackoff({
    initialDelay: first,
    maxDelay: most,
    generator: decorrelatedJitterGenerator,
  });
  const grown = createSignal();
  const unsubscribe = runtime.subscribe(() => grown.raise());
  let status: { state: LinkState; detail: string; sinceMs: number } = {
    state: 'connecting',
    detail: 'Connecting to the centre.',
    sinceMs: clock.nowMs(),
  };
  let lagMs = 0;
  let stream: string | undefined;
  let session: { abort: AbortController; ended: Promise<void> } | undefined;

  let lastOnlineMs: number | undefined;
  const become = (state: LinkState, detail: string) => {
    if (status.state === 'online') lastOnlineMs = clock.nowMs();
    if (state !== status.state) status = { state, detail, sinceMs: clock.nowMs() };
    else status = { ...status, detail };
  };

  const report: UplinkReport = {
    sent: (lane, events, ackMs) => counters.sent(lane, events, ackMs),
    conflict: (lane) => counters.conflict(lane),
    resent: (lane) => counters.resent(lane),
    blocked: (lane, reason) => {
      counters.blocked(lane, reason);
      become('online', `Nothing more of the ${lane} lane is sent: ${reason}`);
    },
  };

  const runOnce = async (signal: AbortSignal) => {
    if (signal.aborted) return;
    become('connecting', 'Connecting to the centre.');
    const connection = await options.connect();
    const inner = new AbortController();
    const stopped = Promise.withResolvers<void>();
    const stop = () => {
      inner.abort();
      stopped.resolve();
    };
    signal.addEventListener('abort', stop);
    // The signal may have come while the connection was made.
    if (signal.aborted) stop();
    try {
      stream = await connection.down.stream();
      become('online', 'Connected to the centre.');
      const work = [
        ...LANES.map((lane) =>
          runLane(
            lane,
            {
              store: runtime.store,
              hub: connection.up,
              clock,
              identity: runtime.identity,
              takeOver: options.takeOver,
              grown,
              report,
            },
            inner.signal,
          ),
        ),
        runDownlink(
          {
            runtime,
            hub: connection.down,
            clock,
            report: {
              applied: (deliveries, lag, pending) => {
                lagMs = pending === 0 ? 0 : lag;
                counters.applied(deliveries);
              },
              gap: () => counters.gap(),
              snapshot: (done, total) => become('online', `Reading the first copy: ${done} of ${total}.`),
            },
          },
          inner.signal,
        ),
      ];
      try {
        await Promise.race([
          Promise.all(work),
          // Closing the connection ends what waits for the hub: an operator's pause takes effect at once.
          stopped.promise,
          connection.closed().then(() => {
            if (!inner.signal.aborted) throw new Error('The connection to the hub was lost.');
          }),
        ]);
      } finally {
        inner.abort();
        await connection.close();
        await Promise.allSettled(work);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };

  const begin = () => {
    const abort = new AbortController();
    const policy = retry(handleAll, { backoff });
    const ended = (async () => {
      while (!abort.signal.aborted) {
        try {
          await policy.execute(async () => {
            const startedMs = performance.now();
            try {
              await runOnce(abort.signal);
            } catch (error) {
              if (abort.signal.aborted) return;
              options.report?.(error);
              if (error instanceof UplinkRefused) become('refused', error.message);
              else become('connecting', `No link to the centre: ${messageOf(error)} Trying again.`);
              // After a sound session the next one begins at once; after failures it waits longer each time.
              if (performance.now() - startedMs < SOUND_SESSION_MS) throw error;
            }
          }, abort.signal);
        } catch {
          // The policy gives up only when the signal aborts.
        }
      }
    })();
    session = { abort, ended };
  };

  const end = async () => {
    session?.abort.abort();
    await session?.ended;
    session = undefined;
  };

  if (await readPaused(runtime.store)) become('paused', PAUSED);
  else begin();

  return {
    state: () => ({ ...status, lastOnlineMs: status.state === 'online' ? clock.nowMs() : lastOnlineMs }),
    async pause() {
      await writePaused(runtime.store, true);
      await end();
      become('paused', PAUSED);
    },
    async resume() {
      await writePaused(runtime.store, false);
      if (session === undefined) begin();
    },
    async inbound() {
      const applied = stream === undefined ? undefined : await readCursor(runtime.store, CURSORS.applied(stream));
      return { lastAppliedSequence: applied?.value ?? 0, lagMs };
    },
    async close() {
      unsubscribe();
      await end();
    },
  };
}

const PAUSED = 'Paused by an operator; orders are kept on this box.';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
