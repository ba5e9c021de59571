/** A customer said that a suggestion is not wanted. */
export interface Dismissal {
  readonly item: string;
  /** Days since the same day as the baskets'. */
  readonly day: number;
}

export interface DismissalOptions {
  /** Days without the item after the first dismissal; each further one doubles them. */
  readonly restDays: number;
  /** Days after the rest over which the score comes back to its full height. */
  readonly returnDays: number;
}

const DEFAULTS: DismissalOptions = { restDays: 30, returnDays: 60 };
/** Doubling ends here: 16 times the rest. */
const MOST_DOUBLINGS = 4;

/**
 * What an item's score is multiplied by because of dismissals: 0 at once and while the item rests, then rising evenly to
 * 1. Buying the item makes what was dismissed before void.
 */
export function dismissalFactor(
  dismissals: readonly Dismissal[],
  item: string,
  day: number,
  options: Partial<DismissalOptions> & { readonly lastBought?: number } = {},
): number {
  const { restDays, returnDays, lastBought = Number.NEGATIVE_INFINITY } = { ...DEFAULTS, ...options };
  const days = dismissals
    .filter((dismissal) => dismissal.item === item && dismissal.day <= day && dismissal.day > lastBought)
    .map((dismissal) => dismissal.day);
  if (days.length === 0) return 1;
  const rest = restDays * 2 ** Math.min(MOST_DOUBLINGS, days.length - 1);
  const over = day - Math.max(...days) - rest;
  if (over < 0) return 0;
  return returnDays > 0 ? Math.min(1, over / returnDays) : 1;
}
