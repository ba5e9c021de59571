import type { EventType } from '../../src/events/catalog.ts';
import { readDownCheckpoint } from '../../sync/bridge/down-checkpoint.ts';
import { createDownDeadLetters } from '../../sync/bridge/down-dead-letters.ts';
import { type DownPartitionOptions, runDownPartition } from '../../sync/bridge/down-partition.ts';
import type { KafkaRecord } from '../../sync/bridge/kafka.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import { transactionalId } from '../../sync/bridge/shards.ts';
import { price } from '../support/facts.ts';
import { until } from '../support/nats-site.ts';
import { centreRecord, type DownCentre } from './down-centre.ts';

export interface DownRun {
  /** Rejects with what ended it; resolves once it was stopped. */
  readonly ended: Promise<void>;
  readonly counts: { forwarded: number; deadLettered: number; skipped: number; tookUpAgain: number };
  stop(): Promise<void>;
}

/** Runs one partition once, as a shard of the bridge does. */
export function runPartition(
  centre: DownCentre,
  codec: PayloadCodec,
  prefix: string,
  type: EventType,
  changes: Partial<DownPartitionOptions> = {},
): DownRun {
  const abort = new AbortController();
  const counts = { forwarded: 0, deadLettered: 0, skipped: 0, tookUpAgain: 0 };
  const deadLetters = createDownDeadLetters({
    kafka: centre.kafka,
    prefix,
    codec,
    transactionalId: transactionalId(prefix, 'down', 0),
    checkpointPartition: 0,
  });
  const options: DownPartitionOptions = {
    nc: centre.nc,
    kafka: centre.kafka,
    codec,
    prefix,
    topic: `${prefix}.${type}`,
    partition: 0,
    deadLetters,
    nowMs: Date.now,
    idleMs: 200,
    report: {
      wrote(_topic, _partition, { forwarded, deadLettered, skipped }) {
        counts.forwarded += forwarded;
        counts.deadLettered += deadLettered;
        counts.skipped += skipped;
      },
      tookUpAgain() {
        counts.tookUpAgain += 1;
      },
    },
    ...changes,
  };
  const ended = runDownPartition(options, abort.signal).finally(() => deadLetters.close());
  // Whoever cares awaits it; the others only stop it.
  ended.catch(() => undefined);
  return {
    ended,
    counts,
    async stop() {
      abort.abort();
      await ended.catch(() => undefined);
    },
  };
}

/** Prices whose ids and versions count from one number to another. */
export function priceRecords(prefix: string, from: number, to: number): KafkaRecord[] {
  return priceIds(from, to).map((id, index) =>
    centreRecord(prefix, 'price.changed', id, price('HOSE', from + index, { version: from + index })),
  );
}

/** The ids of `priceRecords`. */
export function priceIds(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `p-${from + index}`);
}

/** The ids of what the down stream has, in its order. */
export async function storedIds(centre: DownCentre): Promise<unknown[]> {
  return (await centre.stored()).map(({ attributes }) => attributes.id);
}

export function untilStored(centre: DownCentre, count: number): Promise<void> {
  return until(`${count} messages are stored`, async () => (await centre.stored()).length >= count);
}

/** Waits until the stream's checkpoint of partition 0 is at an offset or beyond. */
export function untilCheckpoint(centre: DownCentre, type: EventType, offset: bigint): Promise<void> {
  return until(`the checkpoint of ${type} is at ${offset}`, async () => {
    const checkpoint = await readDownCheckpoint(centre.nc, type, 0);
    return checkpoint !== undefined && checkpoint.offset >= offset;
  });
}
