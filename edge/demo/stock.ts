import { type InventoryCommand, inventory, type StockState } from '../../src/domain/inventory/inventory.ts';
import type { InventoryChanged } from '../../src/events/transactional/inventory.ts';
import { DAY_MS, iso, monthsBetween, workingDayAfter } from './calendar.ts';
import type { CataloguePart } from './catalogue.ts';
import type { PlannedOrder } from './order-plan.ts';
import type { Prng } from './prng.ts';

/** `Omit` that keeps the members of a union apart. */
type Without<Union, Key extends string> = Union extends unknown ? Omit<Union, Key> : never;
export type Movement = Without<InventoryCommand, 'sku' | 'locationId' | 'unit' | 'at'>;

export interface StockFact {
  readonly atMs: number;
  readonly fact: { readonly type: 'inventory.changed'; readonly data: InventoryChanged };
}

/** The stock of one location; every movement goes through the inventory decider. */
export class StockBook {
  readonly #states = new Map<string, StockState>();
  readonly #locationId: string;

  constructor(locationId: string) {
    this.#locationId = locationId;
  }

  state(sku: string): StockState {
    return this.#states.get(sku) ?? inventory.initial;
  }

  /** Decides a movement, applies it and hands out the facts. */
  move(part: { readonly sku: string; readonly unit: string }, atMs: number, movement: Movement): StockFact[] {
    const { sku, unit } = part;
    const command: InventoryCommand = { ...movement, sku, unit, locationId: this.#locationId, at: iso(atMs) };
    return inventory.decide(this.state(sku), command).map((fact) => {
      this.#states.set(sku, inventory.evolve(this.state(sku), fact));
      return { atMs, fact };
    });
  }
}

/** What the stock history is made from. */
export interface StockHistory {
  readonly parts: readonly CataloguePart[];
  readonly orders: readonly PlannedOrder[];
  readonly startMs: number;
  /** From here on orders move the stock themselves. */
  readonly untilMs: number;
  readonly prng: Prng;
}

/**
 * The stock until the open orders begin: an opening receipt, what left in each month as one posting, and receipts
 * that bring a part back to its level. Yields part by part.
 */
export function* stockHistory(book: StockBook, history: StockHistory): Generator<StockFact> {
  const months = monthsBetween(history.startMs, history.untilMs);
  const issued = issuesByMonth(history, months);
  for (const part of history.parts) {
    yield* historyOf(part, book, history, months, issued.get(part.spec.sku) ?? []);
  }
}

type Months = ReturnType<typeof monthsBetween>;

function issuesByMonth({ orders, untilMs }: StockHistory, months: Months): Map<string, number[]> {
  const issued = new Map<string, number[]>();
  let month = 0;
  for (const order of orders) {
    if (order.atMs >= untilMs) break;
    while (month < months.length - 1 && order.atMs >= (months[month]?.toMs ?? 0)) month++;
    for (const { part, quantity } of order.lines) {
      const list = issued.get(part.spec.sku) ?? months.map(() => 0);
      list[month] = (list[month] ?? 0) + quantity;
      issued.set(part.spec.sku, list);
    }
  }
  return issued;
}

function* historyOf(
  part: CataloguePart,
  book: StockBook,
  { prng, startMs, untilMs }: StockHistory,
  months: Months,
  issued: readonly number[],
): Generator<StockFact> {
  const { sku, unit, rules, usual } = part.spec;
  const where = { sku, unit };
  const total = issued.reduce((sum, quantity) => sum + quantity, 0);
  const inSteps = (quantity: number) => Math.ceil(quantity / rules.increment) * rules.increment;
  // About six weeks of demand and never less than an ordinary line; slow and dear parts are not kept at all.
  const kept = total > 0 || prng.chance(part.spec.priceMinor < 10_000 ? 0.7 : 0.25);
  const level = kept ? inSteps(Math.max(usual * prng.int(1, 3), (total / months.length) * prng.between(1.3, 2.6))) : 0;
  const lifeMs = (share: number) => Math.round(startMs + share * (untilMs - startMs));
  const openingMs = part.introducedAt === undefined ? startMs - 3 * DAY_MS : lifeMs(part.introducedAt) + DAY_MS / 2;
  const endMs = part.discontinuedAt === undefined ? untilMs : lifeMs(part.discontinuedAt);
  if (level === 0) return;
  const openedMs = openingMs + prng.int(0, 5 * 3_600_000);
  yield* book.move(where, openedMs, {
    kind: 'receive',
    quantity: level,
    reason: 'opening stock',
    reference: { kind: 'import', id: 'OPENING-1' },
  });
  for (const [index, month] of months.entries()) {
    if (month.fromMs < openedMs && month.toMs <= openedMs) continue;
    const wanted = issued[index] ?? 0;
    const label = iso(month.fromMs).slice(0, 7);
    const { onHand } = book.state(sku);
    // What the shelf could not give came straight from the works and never was stock here.
    const gone = Math.min(wanted, onHand);
    const postedMs = month.toMs - prng.int(1, 5 * 3_600) * 1_000;
    if (gone > 0) yield* book.move(where, postedMs, { kind: 'adjust', quantity: -gone, reason: `issues of ${label}` });
    const left = onHand - gone;
    if (left >= level * 0.55 || month.toMs >= endMs) continue;
    const arrivedMs = workingDayAfter(month.toMs, prng.int(1, 4), prng.int(6 * 60, 12 * 60));
    const next = months[index + 1];
    // Deliveries come before the next posting, and before the open orders.
    if (next === undefined || arrivedMs >= next.toMs - 6 * 3_600_000) continue;
    yield* book.move(where, arrivedMs, { kind: 'receive', quantity: inSteps(level - left), reason: 'replenishment' });
  }
  yield* stocktake(part, book, level, untilMs, prng);
}

/** The last count leaves some shelves empty and some nearly so. */
function* stocktake(
  part: CataloguePart,
  book: StockBook,
  level: number,
  untilMs: number,
  prng: Prng,
): Generator<StockFact> {
  const { sku, unit, rules } = part.spec;
  const { onHand } = book.state(sku);
  const draw = prng.next();
  const target = draw < 0.06 ? 0 : draw < 0.16 ? Math.min(onHand, Math.max(1, Math.floor(level * 0.15))) : undefined;
  const id = `COUNT-${iso(untilMs).slice(0, 10)}`;
  const counted = { reason: 'stocktake', reference: { kind: 'count', id } } as const;
  if (target !== undefined) {
    if (target !== onHand)
      yield* book.move({ sku, unit }, untilMs - 1_000, { kind: 'adjust', quantity: target - onHand, ...counted });
  } else if (onHand === 0 && part.discontinuedAt === undefined && draw < 0.8) {
    // Most of what ran out at the end of the month has come in since.
    const quantity = Math.max(rules.increment, Math.ceil(level / rules.increment) * rules.increment);
    yield* book.move({ sku, unit }, untilMs - 1_000, { kind: 'receive', quantity, reason: 'replenishment' });
  }
}
