import type { CustomerHistory } from '../basket-log.ts';

/** Baskets of some shops that reorder their own articles at an interval and now and then take what is popular. */
export function generatedHistories(customers: number, baskets: number, seed = 1): CustomerHistory[] {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: customers }, (_, customer) => {
    const own = Array.from({ length: 6 }, () => ({ item: `own-${random(60)}`, every: 1 + random(4) }));
    return {
      customer: `C-${customer}`,
      baskets: Array.from({ length: baskets }, (_, number) => ({
        day: 7 * number + random(3),
        lines: [
          ...own.filter(({ every }) => number % every === 0).map(({ item }) => ({ item, quantity: 1 + random(3) })),
          { item: `popular-${random(5)}`, quantity: 1 },
        ],
      })),
    };
  });
}
