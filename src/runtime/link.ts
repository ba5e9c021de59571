import type { Lane } from '../core/event.ts';
import type { Runtime } from '../runtime.ts';
import { CURSORS, readCursor } from '../store/cursors.ts';
import { readPaused, writePaused } from '../store/paused.ts';

export type LinkState = 'offline' | 'paused' | 'connecting' | 'online' | 'refused';

export interface LinkStatus {
  readonly state: LinkState;
  /** In words. */
  readonly detail: string;
  readonly sinceMs: number;
  /** When the link was last up, since the start; `undefined` when it never was. */
  readonly lastOnlineMs?: number | undefined;
}

/** The link to the centre: its state in a word and in words, and the operator's switch. */
export interface Link {
  state(): LinkStatus;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** What has come down so far. */
  inbound(): Promise<{ readonly lastAppliedSequence: number; readonly lagMs: number }>;
  /** Stops the link for good. */
  close(): Promise<void>;
}

/** The link of a box that has no NATS_URL: always offline, and paused when an operator says so. */
export async function offlineLink(runtime: Runtime): Promise<Link> {
  const { store, ports } = runtime;
  let paused = await readPaused(store);
  let sinceMs = ports.clock.nowMs();
  const set = async (next: boolean) => {
    if (next === paused) return;
    await writePaused(store, next);
    paused = next;
    sinceMs = ports.clock.nowMs();
  };
  return {
    state: () =>
      paused
        ? { state: 'paused', detail: 'Paused by an operator; orders are kept on this box.', sinceMs }
        : {
            state: 'offline',
            detail: 'No link to the centre is set up (NATS_URL); orders are kept on this box.',
            sinceMs,
          },
    pause: () => set(true),
    resume: () => set(false),
    inbound: async () => ({ lastAppliedSequence: 0, lagMs: 0 }),
    close: async () => undefined,
  };
}

/** How far one lane is behind the hub. */
export interface LaneStatus {
  readonly pending: number;
  /** Of the oldest event that is not acknowledged, in milliseconds; 0 when nothing is pending. */
  readonly oldestAgeMs: number;
  readonly lastAckedSequence: number;
  readonly lastReceiptSequence: number;
}

/** What lies in the outbox of a lane: the log after the acknowledged cursor. */
export async function laneStatus(runtime: Runtime, lane: Lane): Promise<LaneStatus> {
  const { store, identity, ports } = runtime;
  const acked = (await readCursor(store, CURSORS.acked(lane, identity.epoch)))?.value ?? 0;
  const receipted = (await readCursor(store, CURSORS.receipted(lane, identity.epoch)))?.value ?? 0;
  const pending = Math.max(0, runtime.sequences()[lane] - acked);
  let oldestAgeMs = 0;
  if (pending > 0) {
    const [row] = await store.read({
      sql: 'SELECT recorded_at_ms FROM events WHERE lane = ? AND epoch = ? AND sequence = ? AND sequence IS NOT NULL',
      args: [lane, identity.epoch, acked + 1],
    });
    if (row !== undefined) oldestAgeMs = Math.max(0, ports.clock.nowMs() - Number(row.recorded_at_ms));
  }
  return { pending, oldestAgeMs, lastAckedSequence: acked, lastReceiptSequence: receipted };
}
