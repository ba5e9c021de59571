/**
 * The partitioner of Kafka's own clients for records with a key: murmur2 of the key's bytes, its sign bit dropped,
 * modulo the number of partitions (org.apache.kafka.clients.producer.internals.BuiltInPartitioner).
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** MurmurHash 2, 32 bit, as org.apache.kafka.common.utils.Utils.murmur2 has it; a signed number. */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const at = (index: number): number => data[index] ?? 0;
  let hash = SEED ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24);
    word = Math.imul(word, MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (index < length) {
    for (let rest = length - index - 1; rest >= 0; rest -= 1) hash ^= at(index + rest) << (8 * rest);
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return (hash ^ (hash >>> 15)) | 0;
}
