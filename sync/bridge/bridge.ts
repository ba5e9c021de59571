import type { NatsConnection } from '@nats-io/nats-core';
import { checkpointTopic } from './checkpoint.ts';
import type { Kafka } from './kafka.ts';
import { keepRunning, type RunReport } from './keep-running.ts';
import { createSharedHub } from './shared-hub.ts';
import type { UpGate } from './up-group.ts';
import { runUpShard, type UpReport } from './up-shard.ts';

/** What the bridge tells about itself, for logs and metrics. */
export interface BridgeReport extends UpReport, RunReport {
  /** The shards that this copy runs now. */
  owns(shards: readonly number[]): void;
}

/** Something else that a shard's owner runs, such as what comes down. */
export interface ShardWork {
  readonly name: string;
  run(nc: NatsConnection, signal: AbortSignal): Promise<void>;
}

export interface BridgeOptions {
  /** Opens a connection to the hub that does not reconnect by itself. */
  connectHub(): Promise<NatsConnection>;
  readonly kafka: Kafka;
  readonly gate: UpGate;
  readonly prefix: string;
  /** The number of shards: the partitions of the checkpoint topic. */
  readonly shards: number;
  readonly report: BridgeReport;
  readonly nowMs: () => number;
  /** A copy that is silent for so long is taken for dead, in milliseconds; the brokers limit it (6 s to 30 min by default). */
  readonly sessionTimeoutMs?: number;
  /** How often the hub's stream is purged of what Kafka has, in milliseconds; 30 seconds by default. */
  readonly purgeEveryMs?: number;
  /** What else the owner of a shard runs. */
  readonly shardWork?: (shard: number) => readonly ShardWork[];
}

/** The consumer group by which the copies of the bridge share the shards out. */
export function bridgeGroup(prefix: string): string {
  return `${prefix}-bridge`;
}

/**
 * Runs one copy of the bridge until the signal aborts. The copies share the shards out as members of a Kafka consumer
 * group over the checkpoint topic. That a shard is run twice for a while, as a group allows, does no harm: each shard's
 * transactional id lets only the newest owner commit.
 */
export async function runBridge(options: BridgeOptions, signal: AbortSignal): Promise<void> {
  const { kafka, prefix, report } = options;
  const hub = createSharedHub(options.connectHub);
  const running = new Map<number, { readonly abort: AbortController; readonly ended: Promise<void> }>();

  const stop = async (shards: readonly number[]) => {
    const ending = shards.map((shard) => running.get(shard));
    for (const one of ending) one?.abort.abort();
    await Promise.all(ending.map((one) => one?.ended));
    for (const shard of shards) running.delete(shard);
  };
  const begin = (shard: number) => {
    const abort = new AbortController();
    const works: ShardWork[] = [
      { name: `up ${shard}`, run: (nc, inner) => runUpShard({ ...options, nc, shard }, inner) },
      ...(options.shardWork?.(shard) ?? []),
    ];
    const ended = Promise.all(
      works.map((work) =>
        keepRunning(work.name, (inner) => hub.use((nc, lost) => work.run(nc, lost), inner), report, abort.signal),
      ),
    ).then(() => undefined);
    running.set(shard, { abort, ended });
  };

  try {
    await keepRunning(
      'membership',
      async (inner) => {
        try {
          const { sessionTimeoutMs } = options;
          const times = sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs };
          await kafka.membership(bridgeGroup(prefix), checkpointTopic(prefix), times).run(async (partitions) => {
            await stop([...running.keys()].filter((shard) => !partitions.includes(shard)));
            for (const shard of partitions) if (!running.has(shard)) begin(shard);
            report.owns([...running.keys()].toSorted((a, b) => a - b));
          }, inner);
        } finally {
          await stop([...running.keys()]);
          report.owns([]);
        }
      },
      report,
      signal,
    );
  } finally {
    await hub.close();
  }
}
