/** A seeded source of randomness: the same seed and stream always give the same numbers. */
export interface Prng {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  /** A number, the upper end excluded. */
  between(from: number, to: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  pick<const Item>(items: readonly [Item, ...Item[]]): Item;
  /** A count with this mean, Poisson-distributed. */
  poisson(mean: number): number;
  /** A positive factor around 1 whose logarithm is normal with this deviation. */
  logNormal(deviation: number): number;
  shuffle<Item>(items: Item[]): Item[];
  /** A UUIDv7 (RFC 9562) for an instant. */
  uuidV7(ms: number): string;
}

/**
 * A generator for one purpose (sfc32, seeded by FNV-1a of seed and stream). Each purpose has its own stream, so that
 * more draws for one of them leave the others as they were.
 */
export function createPrng(seed: number, stream: string): Prng {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${stream}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  let a = hash | 0;
  let b = Math.imul(hash, 0x9e3779b1) | 0;
  let c = (hash ^ 0x85ebca6b) | 0;
  let counter = 1;
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first words still look like the seed.
  for (let round = 0; round < 12; round++) word();

  const next = () => word() / 0x1_0000_0000;
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    poisson: (mean) => {
      // Knuth's method: the means here are small.
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
    logNormal: (deviation) => {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return Math.exp(deviation * radius * Math.cos(2 * Math.PI * next()));
    },
    shuffle: (items) => {
      for (let index = items.length - 1; index > 0; index--) {
        const other = int(0, index);
        const [left, right] = [items[index], items[other]];
        if (left !== undefined && right !== undefined) [items[index], items[other]] = [right, left];
      }
      return items;
    },
    uuidV7: (ms) => {
      const time = Math.trunc(ms).toString(16).padStart(12, '0');
      const hex = (value: number) => value.toString(16).padStart(8, '0');
      const high = hex(((word() & 0x0fff_ffff) | 0x7000_0000) >>> 0).slice(0, 4);
      const middle = hex(((word() & 0x3fff_ffff) | 0x8000_0000) >>> 0);
      return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${middle.slice(0, 4)}-${middle.slice(4)}${hex(word())}`;
    },
  };
}
