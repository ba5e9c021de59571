import type { Lane } from '../../src/core/event.ts';
import type { Clock } from '../../src/core/ports.ts';
import { CURSORS, cursorStatement, readCursor } from '../../src/store/cursors.ts';
import type { Store } from '../../src/store/store.ts';
import { EventTooLarge, HubConflict, type UpHub } from './hub.ts';
import { idAt, lastAcked, lastPlace, type OutboxEvent, type Place, readOutbox } from './outbox.ts';
import { resume } from './resume.ts';
import { createSignal, type Signal } from './signal.ts';

/** Events of one atomic batch; the server's limit is 1,000. */
const BATCH_EVENTS_MAX = 1_000;

/** Payload bytes of one batch, well under the server's limits. */
const BATCH_BYTES_MAX = 2_000_000;

/** How often the centre's word is asked for, and whether the hub still has everything, in milliseconds. */
const RECEIPT_EVERY_MS = 5_000;

/** How long a lane rests whose next event the hub cannot take, in milliseconds. */
const BLOCKED_MS = 30_000;

/** What the uplink tells about itself. */
export interface UplinkReport {
  /** A batch was acknowledged: how many events, and how long the hub took in milliseconds. */
  sent(lane: Lane, events: number, ackMs: number): void;
  /** Another append came in between, or an answer was lost. */
  conflict(lane: Lane): void;
  /** Events are sent again that the hub had acknowledged before and lost. */
  resent(lane: Lane): void;
  /** The lane stands still until somebody has done something: why. The other lane goes on. */
  blocked(lane: Lane, reason: string): void;
}

export interface UplinkOptions {
  readonly store: Store;
  readonly hub: UpHub;
  readonly clock: Clock;
  readonly identity: { readonly deviceId: string; readonly epoch: number };
  readonly takeOver?: string | undefined;
  /** Wakes when the log has grown. */
  readonly grown: Signal;
  readonly report: UplinkReport;
}

/** The uplink must not go on by itself: an operator has to do something first. */
export class UplinkRefused extends Error {
  override readonly name = 'UplinkRefused';
}

/**
 * Sends one lane until the signal aborts: asks the hub for the last event it has, sends what comes after in atomic
 * batches that expect exactly that last one, and moves the acknowledged cursor. Whatever happens in between (a lost
 * answer, a second writer, a hub that was rolled back), the next append is refused or right.
 * @throws {UplinkRefused} when another device writes, or the database is an old copy; whatever the hub throws.
 */
export async function runLane(lane: Lane, options: UplinkOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sendFromLast(lane, options, signal);
    } catch (error) {
      if (error instanceof EventTooLarge) {
        options.report.blocked(lane, error.message);
        await rest(BLOCKED_MS, signal);
        continue;
      }
      if (!(error instanceof HubConflict)) throw error;
      options.report.conflict(lane);
    }
  }
}

async function sendFromLast(lane: Lane, options: UplinkOptions, signal: AbortSignal): Promise<void> {
  const { store, hub, clock, identity, grown, report } = options;
  const receipt = await hub.receipt(lane);
  const stored = await hub.lastStored(lane);
  const start = resume({
    ...identity,
    last: await lastPlace(store, lane),
    stored,
    localId: stored === undefined ? undefined : await idAt(store, lane, stored),
    receipt,
    acked: await lastAcked(store, lane),
    takeOver: options.takeOver,
  });
  if (start.kind === 'refuse') throw new UplinkRefused(start.reason);
  let { after, hubSequence } = start;
  await noteResend(lane, options, after);
  await moveCursor(after, 'acked');
  if (receipt !== undefined) await moveCursor(receipt, 'receipted');

  let receiptMs = clock.nowMs();
  let ahead: readonly OutboxEvent[] = [];
  while (!signal.aborted) {
    const seen = grown.version();
    // Read again when nothing was there: more may have come since.
    const events = ahead.length > 0 ? ahead : await readAfter(after);
    const last = events.at(-1);
    if (last !== undefined) {
      const startedMs = performance.now();
      const appending = hub.append(lane, hubSequence, events);
      // Of a backlog the next batch is read while the hub is busy with this one.
      const reading = events.length < BATCH_EVENTS_MAX ? [] : rest(1, signal).then(() => readAfter(last));
      [hubSequence, ahead] = await Promise.all([
        appending.then((sequence) => {
          report.sent(lane, events.length, performance.now() - startedMs);
          return sequence;
        }),
        reading,
      ]);
      after = { epoch: last.epoch, sequence: last.sequence };
      await moveCursor(after, 'acked');
    } else {
      await grown.changed(seen, RECEIPT_EVERY_MS, signal);
    }
    if (clock.nowMs() - receiptMs >= RECEIPT_EVERY_MS || clock.nowMs() < receiptMs) {
      receiptMs = clock.nowMs();
      const confirmed = await hub.receipt(lane);
      if (confirmed !== undefined) await moveCursor(confirmed, 'receipted');
      // A hub that lost events while nothing new is sent would not be noticed otherwise.
      if (((await hub.lastStored(lane))?.hubSequence ?? 0) !== hubSequence)
        throw new HubConflict('The hub lost events.');
    }
  }

  function readAfter(place: Place): Promise<OutboxEvent[]> {
    return readOutbox(store, lane, place, BATCH_EVENTS_MAX, BATCH_BYTES_MAX);
  }

  async function moveCursor(place: Place, kind: 'acked' | 'receipted'): Promise<void> {
    if (place.sequence === 0) return;
    await store.batch([cursorStatement(CURSORS[kind](lane, place.epoch), place.sequence, clock.nowMs())]);
  }
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return createSignal().changed(0, milliseconds, signal);
}

/** A cursor that lies after the place to go on from was moved for events that the hub no longer has. */
async function noteResend(lane: Lane, { store, report, identity }: UplinkOptions, after: Place): Promise<void> {
  const name = CURSORS.acked(lane, identity.epoch);
  const acked = (await readCursor(store, name))?.value ?? 0;
  const kept = after.epoch === identity.epoch ? after.sequence : 0;
  if (acked <= kept) return;
  report.resent(lane);
  await store.batch([{ sql: 'UPDATE cursors SET value = ? WHERE name = ?', args: [kept, name] }]);
}
