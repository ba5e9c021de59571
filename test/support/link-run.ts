import { setTimeout } from 'node:timers/promises';
import { LANES } from '../../src/core/event.ts';
import type { Runtime } from '../../src/runtime.ts';
import { CURSORS, readCursor } from '../../src/store/cursors.ts';
import { runDownlink } from '../../sync/core/downlink.ts';
import type { DownHub, UpHub } from '../../sync/core/hub.ts';
import { lastPlace } from '../../sync/core/outbox.ts';
import { createSignal } from '../../sync/core/signal.ts';
import { runLane, UplinkRefused } from '../../sync/core/uplink.ts';
import { arriving, type EdgeBox } from './edge-box.ts';
import { payload, price } from './facts.ts';
import type { FakeHub } from './link-fake-hub.ts';

/** How long a session may go on without coming to rest, in milliseconds. */
const REST_WITHIN_MS = 600;

/** Makes events in both lanes. */
export async function makeEvents(box: EdgeBox, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }], note: 'Größe 5 %' });
    await box.runtime.receive(
      arriving('metric.anomaly.detected', payload('metric.anomaly.detected'), {
        source: 'urn:dealeriq:dealer:D042:B1',
      }),
    );
  }
}

export interface SessionEnd {
  /** What the lanes and the downlink ended with, besides the wish to end. */
  readonly errors: readonly unknown[];
  readonly refused: boolean;
  readonly conflicts: number;
  readonly resends: number;
}

/** Runs both lanes once until everything is acknowledged, one of them fails, or nothing comes of it. */
export async function runLanes(box: EdgeBox, hub: UpHub, takeOver?: string): Promise<SessionEnd> {
  const abort = new AbortController();
  const errors: unknown[] = [];
  let conflicts = 0;
  let resends = 0;
  const grown = createSignal();
  const options = {
    store: box.store,
    hub,
    clock: box.runtime.ports.clock,
    identity: box.runtime.identity,
    takeOver,
    grown,
    report: {
      sent: () => undefined,
      conflict: () => {
        conflicts += 1;
        // A bug may make it conflict for ever.
        if (conflicts > 50) abort.abort();
      },
      resent: () => {
        resends += 1;
      },
      blocked: (_lane: string, reason: string) => void errors.push(reason),
    },
  };
  const work = LANES.map((lane) =>
    runLane(lane, options, abort.signal).catch((error: unknown) => {
      errors.push(error);
      abort.abort();
    }),
  );
  const endMs = performance.now() + REST_WITHIN_MS;
  while (!abort.signal.aborted && performance.now() < endMs && !(await allAcknowledged(box))) await setTimeout(5);
  abort.abort();
  await Promise.all(work);
  return { errors, conflicts, resends, refused: errors.some((error) => error instanceof UplinkRefused) };
}

async function allAcknowledged(box: EdgeBox): Promise<boolean> {
  for (const lane of LANES) {
    const last = await lastPlace(box.store, lane);
    const acked = (await readCursor(box.store, CURSORS.acked(lane, last.epoch)))?.value ?? 0;
    if (acked < last.sequence) return false;
  }
  return true;
}

export interface DownEnd {
  readonly error: unknown;
  readonly gaps: number;
  readonly snapshotEvents: number;
}

/** Runs the downlink until the condition holds, it fails, or nothing comes of it. */
export async function runDown(
  runtime: Runtime,
  hub: DownHub,
  until: () => Promise<boolean>,
  withinMs = REST_WITHIN_MS,
): Promise<DownEnd> {
  const abort = new AbortController();
  let gaps = 0;
  let snapshotEvents = 0;
  let error: unknown;
  const work = runDownlink(
    {
      runtime,
      hub,
      clock: runtime.ports.clock,
      report: {
        applied: () => undefined,
        gap: () => {
          gaps += 1;
          if (gaps > 50) abort.abort();
        },
        snapshot: (done) => {
          snapshotEvents = done;
        },
      },
    },
    abort.signal,
  ).catch((reason: unknown) => {
    error = reason;
    abort.abort();
  });
  const endMs = performance.now() + withinMs;
  while (!abort.signal.aborted && performance.now() < endMs && !(await until())) await setTimeout(5);
  abort.abort();
  await work;
  return { error, gaps, snapshotEvents };
}

/** Sends prices down: `from` to `from + count - 1`. */
export function sendPrices(hub: FakeHub, from: number, count: number): void {
  for (let index = from; index < from + count; index += 1) {
    hub.send({
      attributes: priceAttributes(`d-${index}`),
      bytes: new TextEncoder().encode(JSON.stringify(price('HOSE', index, { version: index }))),
    });
  }
}

export function priceAttributes(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { specversion: '1.0', id, source: 'urn:dealeriq:centre:test', type: 'price.changed', ...more };
}

/** The ids of what came down, in the log's order. */
export async function receivedIds(box: EdgeBox): Promise<string[]> {
  return (await box.rows("SELECT id FROM events WHERE id LIKE 'd-%' ORDER BY position")).map((row) => String(row.id));
}

/** Whether everything up to a place was applied. */
export const appliedUpTo = (box: EdgeBox, place: number) => async () =>
  ((await readCursor(box.store, CURSORS.applied('fake@1')))?.value ?? 0) === place;
