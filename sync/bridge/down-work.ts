import { EdgeError } from '../../src/core/errors.ts';
import type { ShardWork } from './bridge.ts';
import { createDownDeadLetters } from './down-dead-letters.ts';
import { type DownReport, runDownPartition } from './down-partition.ts';
import { downTopics } from './down-routing.ts';
import type { Kafka } from './kafka.ts';
import type { PayloadCodec } from './registry/payload-codec.ts';
import { shardOf, transactionalId } from './shards.ts';

export interface DownWorkOptions {
  readonly kafka: Kafka;
  readonly codec: PayloadCodec;
  readonly prefix: string;
  readonly shards: number;
  readonly report: DownReport;
  readonly nowMs: () => number;
}

/**
 * Shares the partitions of everything that comes down out among the shards: the owner of a shard runs those whose name
 * falls to it.
 * @throws {EdgeError} `invalid-config` naming the topics that are not there.
 */
export async function planDownWork(options: DownWorkOptions): Promise<(shard: number) => readonly ShardWork[]> {
  const { kafka, prefix, shards } = options;
  const names = [...downTopics(prefix).keys()];
  const topics = await kafka.admin().topics(names);
  const missing = names.filter((name) => !topics.some((topic) => topic.name === name));
  if (missing.length > 0) {
    throw new EdgeError(
      'invalid-config',
      `Kafka lacks ${missing.length} topics, such as ${missing[0]}. Run \`dealeriq topics apply\` first.`,
    );
  }
  const works = topics.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({
      shard: shardOf(`${name}/${partition}`, shards),
      work: workOf(options, name, partition),
    })),
  );
  return (shard) => works.filter((one) => one.shard === shard).map(({ work }) => work);
}

function workOf(options: DownWorkOptions, topic: string, partition: number): ShardWork {
  const { kafka, prefix, codec, shards } = options;
  return {
    name: `down ${topic}/${partition}`,
    async run(nc, signal) {
      const deadLetters = createDownDeadLetters({
        kafka,
        prefix,
        codec,
        transactionalId: transactionalId(prefix, 'down', `${topic}-${partition}`),
        checkpointPartition: shardOf(`${topic}/${partition}`, shards),
      });
      try {
        await runDownPartition({ ...options, nc, topic, partition, deadLetters }, signal);
      } finally {
        await deadLetters.close();
      }
    },
  };
}
