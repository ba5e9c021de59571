import { EdgeError, type ErrorCode } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/ports.ts';
import type { Runtime } from '../../src/runtime.ts';
import { CURSORS, cursorStatement, readCursor } from '../../src/store/cursors.ts';
import type { InsertStatement } from '../../src/store/store.ts';
import type { Delivery, DownHub, Snapshot } from './hub.ts';

/** How often one delivery is tried before it goes to the dead letters. */
const TRIES = 5;

const TROUBLE: ReadonlySet<ErrorCode> = new Set([
  'storage-full',
  'storage-unavailable',
  'storage-corrupt',
  'overloaded',
]);

/** Snapshot events that are on their way at once. */
const SNAPSHOT_WAVE = 512;

/** What the downlink tells about itself. */
export interface DownlinkReport {
  /** Deliveries were applied; the last one had waited this long, in milliseconds. */
  applied(deliveries: number, lagMs: number, pending: number): void;
  /** Deliveries were missing and are asked for again. */
  gap(): void;
  /** A snapshot is read: how many of its events are applied. */
  snapshot(done: number, total: number): void;
}

export interface DownlinkOptions {
  readonly runtime: Runtime;
  readonly hub: DownHub;
  readonly clock: Clock;
  readonly report: DownlinkReport;
}

/** A delivery is missing between two that came. */
class Gap extends Error {
  override readonly name = 'Gap';
}

/**
 * Receives until the signal aborts: goes on after the last place that was applied here, whatever the hub believes;
 * applies groups, moves the applied cursor and acknowledges only then.
 */
export async function runDownlink(options: DownlinkOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await receiveFromApplied(options, signal);
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      options.report.gap();
    }
  }
}

async function receiveFromApplied(options: DownlinkOptions, signal: AbortSignal): Promise<void> {
  const { hub, clock, report } = options;
  const stream = await hub.stream();
  const noted = (await readCursor(options.runtime.store, CURSORS.applied(stream)))?.value ?? 0;
  let applied = await placeToFollow(options, stream, noted);
  const snapshot = await hub.snapshot();
  // For a new box, and for one that was away for longer than the stream reaches back.
  if (snapshot !== undefined && (noted === 0 || noted + 1 < snapshot.streamFirstSequence)) {
    await applySnapshot(options, snapshot);
    applied = Math.max(applied, snapshot.coversSequence);
    await setApplied(options, stream, applied, 0);
  }
  let expected = 1;
  for await (const group of hub.deliveries(applied, signal)) {
    for (const delivery of group) {
      if (delivery.deliverySequence !== expected) throw new Gap();
      expected += 1;
    }
    const fresh = group.filter((delivery) => delivery.sequence > applied);
    await Promise.all(fresh.map((delivery) => apply(options, delivery)));
    const last = group.at(-1);
    if (last === undefined) continue;
    if (last.sequence > applied) {
      applied = last.sequence;
      await setApplied(options, stream, applied, last.storedMs);
    }
    await hub.acknowledge(applied);
    report.applied(fresh.length, Math.max(0, clock.nowMs() - last.storedMs), last.pending);
  }
}

/**
 * The place to go on after. A hub that was rolled back gives places out again: when the stream no longer has what was
 * applied last, it is read from its beginning, and what is known already changes nothing. When that was deleted for
 * its age, so was everything before it.
 */
async function placeToFollow({ runtime, hub, report }: DownlinkOptions, stream: string, noted: number) {
  const storedMs = (await readCursor(runtime.store, storedMsCursor(stream)))?.value ?? 0;
  // A snapshot's place has no delivery of its own to look for.
  if (noted === 0 || storedMs === 0 || (await hub.storedMs(noted)) === storedMs) return noted;
  report.gap();
  return 0;
}

async function setApplied({ runtime, clock }: DownlinkOptions, stream: string, applied: number, storedMs: number) {
  const set = (name: string, value: number): InsertStatement => ({
    ...cursorStatement(name, value, clock.nowMs()),
    // Also back, in a stream that was rolled back.
    onConflict: 'ON CONFLICT(name) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms',
  });
  await runtime.store.batch([set(CURSORS.applied(stream), applied), set(storedMsCursor(stream), storedMs)]);
}

/** When the delivery that was applied last was stored, in milliseconds: what tells it from another one in its place. */
function storedMsCursor(stream: string): string {
  return `${CURSORS.applied(stream)}-stored-ms`;
}

async function apply({ runtime }: DownlinkOptions, delivery: Delivery): Promise<void> {
  const incoming = {
    attributes: delivery.attributes,
    data: parse(delivery.bytes),
    raw: {
      bytes: delivery.bytes,
      contentType: delivery.contentType,
      headers: delivery.headers,
      gate: 'inbound' as const,
    },
    delivery: { stream: delivery.stream, sequence: delivery.sequence },
    // A replay from the centre: what the box has already changes nothing, and what it lacks starts no saga again.
    ...(delivery.attributes.replayid === undefined ? {} : { history: true }),
  };
  let failure: unknown;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      await runtime.receive(incoming);
      return;
    } catch (error) {
      // The database's trouble is not the event's: the session ends and is tried again later.
      if (error instanceof EdgeError && TROUBLE.has(error.code)) throw error;
      failure = error;
    }
  }
  await runtime.quarantine(incoming, failure, TRIES);
}

async function applySnapshot(options: DownlinkOptions, snapshot: Snapshot): Promise<void> {
  const encoder = new TextEncoder();
  let done = 0;
  for await (const events of snapshot.chunks()) {
    for (let start = 0; start < events.length; start += SNAPSHOT_WAVE) {
      const wave = events.slice(start, start + SNAPSHOT_WAVE);
      await Promise.all(
        wave.map((event) =>
          options.runtime.receive({
            ...event,
            raw: {
              bytes: encoder.encode(JSON.stringify({ ...event.attributes, data: event.data })),
              contentType: 'application/cloudevents+json',
              headers: {},
              gate: 'inbound',
            },
            history: true,
          }),
        ),
      );
      done += wave.length;
      options.report.snapshot(done, snapshot.eventCount);
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // Fits no schema: the contract gate refuses it and keeps the bytes.
    return undefined;
  }
}
