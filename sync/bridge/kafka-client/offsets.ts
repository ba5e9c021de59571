import { listOffsetsV7 } from '@platformatic/kafka';
import { accepted } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';

export const LATEST = -1n;
export const EARLIEST = -2n;
const READ_COMMITTED = 1;
const CLIENT = -1;

/**
 * For each partition the first offset at or after a time in milliseconds, -1 where there is none; or the ends:
 * `LATEST` is the last stable offset.
 * @throws {KafkaError} where a leader refuses or cannot be reached.
 */
export async function listOffsets(
  cluster: Cluster,
  topic: string,
  at: bigint,
  only?: number,
): Promise<ReadonlyMap<number, bigint>> {
  const { leaders } = await cluster.topic(topic);
  const byLeader = Map.groupBy(
    [...leaders.keys()].filter((partition) => only === undefined || partition === only),
    (partition) => leaders[partition] ?? -1,
  );
  const offsets = new Map<number, bigint>();
  for (const [leader, partitions] of byLeader) {
    const asked = partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: at }));
    const answer = await cluster.call(leader, listOffsetsV7.api, CLIENT, READ_COMMITTED, [
      { name: topic, partitions: asked },
    ]);
    for (const { partitionIndex, errorCode, offset } of answer.topics[0]?.partitions ?? []) {
      accepted(errorCode, `Offsets of ${topic}/${partitionIndex}`);
      offsets.set(partitionIndex, offset);
    }
  }
  return new Map([...offsets].sort(([left], [right]) => left - right));
}
