import { Reader, Writer } from '@platformatic/kafka';

/**
 * Who of a group gets which partitions, decided by the member that leads it. The bytes are the consumer protocol's
 * (org.apache.kafka.common.message.ConsumerProtocolSubscription and ConsumerProtocolAssignment, version 1), so that
 * Kafka's own tools show them.
 */

export interface Member {
  readonly id: string;
  /** What it works on now. */
  readonly owned: readonly number[];
}

/**
 * Shares partitions out evenly and moves as few as possible. A partition that is to move is given to nobody as long
 * as its old owner still names it as owned: that one lets go of it and joins again (KIP-429).
 */
export function share(partitions: number, members: readonly Member[]): ReadonlyMap<string, readonly number[]> {
  const ordered = [...members].sort((left, right) => (left.id < right.id ? -1 : 1));
  const shares = new Map<string, number[]>(ordered.map(({ id }) => [id, []]));
  if (ordered.length === 0) return shares;
  const owners = new Map<number, string>();
  for (const { id, owned } of ordered) {
    for (const partition of owned) if (!owners.has(partition) && partition < partitions) owners.set(partition, id);
  }
  const least = Math.floor(partitions / ordered.length);
  let larger = partitions % ordered.length;
  for (const { id } of byLoad(ordered)) {
    const kept = [...owners].filter(([, owner]) => owner === id).map(([partition]) => partition);
    const most = kept.length > least && larger > 0 ? least + 1 : least;
    if (most > least) larger -= 1;
    shares.get(id)?.push(...kept.sort((left, right) => left - right).slice(0, most));
  }
  const kept = new Set([...shares.values()].flat());
  for (let partition = 0; partition < partitions; partition += 1) {
    if (kept.has(partition)) continue;
    const [smallest] = [...shares].sort(([, left], [, right]) => left.length - right.length);
    smallest?.[1].push(partition);
  }
  for (const [id, got] of shares) {
    const free = got.filter((partition) => (owners.get(partition) ?? id) === id);
    shares.set(
      id,
      free.sort((left, right) => left - right),
    );
  }
  return shares;
}

/** Those with most first: they keep the larger shares. */
function byLoad(members: readonly Member[]): readonly Member[] {
  return [...members].sort((left, right) => right.owned.length - left.owned.length);
}

const VERSION = 1;

export function encodeSubscription(topic: string, owned: readonly number[]): Buffer {
  return Writer.create()
    .appendInt16(VERSION)
    .appendArray([topic], (names, name) => names.appendString(name, false), false, false)
    .appendBytes(Buffer.alloc(0), false)
    .appendArray([owned], (topics, partitions) => appendPartitions(topics, topic, partitions), false, false).buffer;
}

/** The partitions of the topic that a member says it owns. */
export function decodeSubscription(bytes: Buffer): readonly number[] {
  const reader = Reader.from(bytes);
  if (reader.readInt16() < 1) return [];
  reader.readArray((names) => names.readString(false), false, false);
  reader.readNullableBytes(false);
  return readPartitions(reader);
}

export function encodeAssignment(topic: string, partitions: readonly number[]): Buffer {
  return Writer.create()
    .appendInt16(VERSION)
    .appendArray([partitions], (topics, of) => appendPartitions(topics, topic, of), false, false)
    .appendBytes(Buffer.alloc(0), false).buffer;
}

export function decodeAssignment(bytes: Buffer): readonly number[] {
  if (bytes.length === 0) return [];
  const reader = Reader.from(bytes);
  reader.readInt16();
  return readPartitions(reader);
}

function appendPartitions(into: Writer, topic: string, partitions: readonly number[]): void {
  into
    .appendString(topic, false)
    .appendArray([...partitions], (writer, partition) => writer.appendInt32(partition), false, false);
}

function readPartitions(from: Reader): readonly number[] {
  return from
    .readArray(
      (topics) => {
        topics.readString(false);
        return topics.readArray((partitions) => partitions.readInt32(), false, false);
      },
      false,
      false,
    )
    .flat();
}
