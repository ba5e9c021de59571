import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext, Comparison, Contestant, Spread, Target, Unit } from './benchmark.ts';

/** What one comparison against a peer is called, and what it has to reach. */
export interface Against {
  readonly name: string;
  readonly unit: Unit;
  readonly peer: Contestant;
  readonly target?: Target;
  readonly note?: string;
}

/** Lets all contestants run in turn, in another order each round, and compares ours with each peer. */
export async function alternate(
  context: BenchContext,
  ours: Contestant,
  against: readonly Against[],
): Promise<Comparison[]> {
  const contestants = [ours, ...against.map((one) => one.peer)];
  const figures = new Map<Contestant, number[]>(contestants.map((one) => [one, []]));
  for (let round = 0; round < context.rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(turn + round) % contestants.length];
      if (contestant === undefined) continue;
      const figure = await contestant.round(round);
      context.progress(`  round ${round + 1}/${context.rounds}  ${contestant.label}: ${format(figure)}`);
      figures.get(contestant)?.push(figure);
      // Lets the disk settle, so that one contestant does not pay for the other's dirty pages.
      await sleep(50);
    }
  }
  const own = figures.get(ours) ?? [];
  return against.map(({ name, unit, peer, target, note }) => {
    const theirs = figures.get(peer) ?? [];
    const ratios = own.map((figure, index) => figure / (theirs[index] ?? Number.NaN));
    const ratio = { ...spread(ratios), ofMedians: spread(own).median / spread(theirs).median };
    return {
      name,
      unit,
      ours: { ...spread(own), does: ours.does, rounds: own },
      peer: { ...spread(theirs), label: peer.label, does: peer.does, rounds: theirs },
      ratio,
      ...(target === undefined ? {} : { target, met: isMet(target, spread(own).median, ratio.median) }),
      ...(note === undefined ? {} : { note }),
    };
  });
}

/** A figure of ours that has no peer, such as memory. */
export function alone(
  name: string,
  unit: Unit,
  does: string,
  rounds: readonly number[],
  target: Target,
  note?: string,
): Comparison {
  const own = spread(rounds);
  return {
    name,
    unit,
    ours: { ...own, does, rounds },
    target,
    met: isMet(target, own.median, Number.NaN),
    ...(note === undefined ? {} : { note }),
  };
}

/** A line without figures: what it needs cannot be had here. */
export function skipped(name: string, reason: string): Comparison {
  return { name, unit: 's', ours: { ...spread([]), does: 'nothing', rounds: [] }, skipped: reason };
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** A figure with about three significant digits. */
export function format(figure: number): string {
  if (!Number.isFinite(figure)) return '–';
  const digits = Math.abs(figure) >= 100 ? 0 : Math.abs(figure) >= 10 ? 1 : 2;
  return figure.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

function isMet(target: Target, value: number, ratio: number): boolean {
  if ('ratioMin' in target) return ratio >= target.ratioMin;
  return 'valueMin' in target ? value >= target.valueMin : value <= target.valueMax;
}
