import { EdgeError, type ErrorCode } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/ports.ts';
import type { Runtime } from '../../src/runtime.ts';
import { CURSORS, cursorStatement, readCursor } from '../../src/store/cursors.ts';
import type { Delivery, DownHub, Snapshot } from './hub.ts';

/** How often one delivery is tried before it goes to the dead letters. */
const TRIES = 5;

const TROUBLE: ReadonlySet<ErrorCode> = new Set([
  'storage-full',
  'storage-unavailable',
  'storage-corrupt',
  'storage-conflict',
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
  const { runtime, hub, clock, report } = options;
  const cursor = CURSORS.applied(await hub.stream());
  let applied = (await readCursor(runtime.store, cursor))?.value ?? 0;
  const snapshot = await hub.snapshot();
  // For a new box, and for one that was away for longer than the stream reaches back.
  if (snapshot !== undefined && (applied === 0 || applied + 1 < snapshot.streamFirstSequence)) {
    await applySnapshot(options, snapshot);
    await runtime.store.batch([cursorStatement(cursor, snapshot.coversSequence, clock.nowMs())]);
    applied = Math.max(applied, snapshot.coversSequence);
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
    applied = Math.max(applied, last.sequence);
    await runtime.store.batch([cursorStatement(cursor, applied, clock.nowMs())]);
    await hub.acknowledge(applied);
    report.applied(fresh.length, Math.max(0, clock.nowMs() - last.storedMs), last.pending);
  }
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

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Fits no schema: the contract gate refuses it and keeps the bytes.
    return undefined;
  }
}
