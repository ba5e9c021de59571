/**
 * The shard that carries a dealer: FNV-1a (32 bit, http://www.isthe.com/chongo/tech/comp/fnv/) of the dealer id modulo
 * the number of shards. It never changes for a dealer as long as the number of shards stays.
 */
export function shardOf(dealerId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < dealerId.length; index += 1) {
    hash = Math.imul(hash ^ dealerId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shards;
}

/** The transactional id of a piece of work: the same whichever copy runs it, so that a new owner fences the old. */
export function transactionalId(prefix: string, direction: 'up' | 'down', work: number | string): string {
  return `${prefix}-bridge-${direction}-${work}`;
}
