import { faultPoint } from '../fault-points.ts';
import type { Kafka } from '../kafka.ts';
import type { Stretch } from './bounded-read.ts';
import type { ReplayTarget } from './replay-target.ts';
import { type ReplaySelection, type Selected, selectedEvents } from './selection.ts';
import type { Throttle } from './throttle.ts';

export interface ReplayRun {
  readonly kafka: Kafka;
  readonly selection: ReplaySelection;
  readonly stretches: readonly Stretch[];
  readonly target: ReplayTarget;
  readonly throttle: Throttle;
  /** Events at the most; those of an earlier run with the same id do not count. */
  readonly limit?: number | undefined;
  /** Events of one write at the most, so that a low rate flows evenly. */
  readonly batchMax?: number | undefined;
  /** Told after each write how many events are written. */
  readonly progress?: (written: number) => void;
}

/** Bytes of the values in one write, about; as JSON they may be some times more. */
const BATCH_BYTES_MAX = 2_000_000;

/**
 * Writes the selected events to a target, in order, at the throttle's rate; resolves with how many once all of them
 * are durable there.
 * @throws what the target throws; what was written before stays.
 */
export async function runReplay(run: ReplayRun): Promise<number> {
  const { kafka, selection, target, throttle, limit = Number.POSITIVE_INFINITY } = run;
  const batchMax = Math.min(target.batchMax, run.batchMax ?? target.batchMax);
  let written = 0;
  let batch: Selected[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    await throttle.take(batch.length);
    await target.write(batch);
    faultPoint('replay-after-write');
    written += batch.length;
    batch = [];
    bytes = 0;
    run.progress?.(written);
  };
  try {
    const left = await target.resume(run.stretches);
    if (limit > 0) {
      for await (const event of selectedEvents(kafka, left, selection)) {
        batch.push(event);
        bytes += event.message.value?.length ?? 0;
        if (written + batch.length >= limit) break;
        if (batch.length >= batchMax || bytes >= BATCH_BYTES_MAX) await flush();
      }
    }
    await flush();
    await target.finish();
    return written;
  } finally {
    await target.close();
  }
}
