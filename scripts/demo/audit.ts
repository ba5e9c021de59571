import type { ConsoleRecord } from './console-consumer.ts';
import type { ConfirmedOrder } from './dealer.ts';

/** What is known of one dealer before Kafka is read: what the box answered and numbered. */
export interface Expected {
  readonly dealerId: string;
  /** Orders that were answered with 201, in that order. */
  readonly confirmed: readonly ConfirmedOrder[];
  readonly epoch: number;
  /** The last sequence that the box gave out in each lane; 0 when it has given none. */
  readonly lastSequence: Readonly<Record<string, number>>;
}

/** What Kafka's reader says of one lane of a dealer. */
export interface LaneVerdict {
  readonly lane: string;
  /** What there should be: 1 to this. */
  readonly expected: number;
  readonly found: number;
  readonly missing: number;
  readonly twice: number;
}

export interface DealerVerdict {
  readonly dealerId: string;
  readonly confirmed: number;
  readonly found: number;
  readonly missing: readonly string[];
  readonly twice: readonly string[];
  /** Those that stand in the topic before one that was confirmed earlier. */
  readonly outOfOrder: readonly string[];
  /** Found, but with another total than was confirmed. */
  readonly changed: readonly string[];
  /** In the topic, but never confirmed. */
  readonly unknown: readonly string[];
  readonly lanes: readonly LaneVerdict[];
}

/** A record with its headers by name. */
interface Read extends ConsoleRecord {
  readonly header: Readonly<Record<string, string>>;
}

const ORDER_PLACED = 'order.placed';

/** The total of an order by the bytes of its record; reads them by the schema that they name. */
export type ReadTotal = (value: Uint8Array) => Promise<number>;

/**
 * Compares what dealers were told with what Kafka holds. Records of one key lie in one partition, so their offsets say
 * their order.
 */
export async function auditDealers(
  expected: readonly Expected[],
  records: readonly ConsoleRecord[],
  readTotal: ReadTotal,
): Promise<readonly DealerVerdict[]> {
  const read = records.map((record): Read => ({ ...record, header: Object.fromEntries(record.headers) }));
  return Promise.all(
    expected.map(async (one) => {
      const own = read.filter(({ header }) => header.ce_dealerid === one.dealerId && header.ce_sequence !== undefined);
      const orders = own.filter(({ header }) => header.ce_type === ORDER_PLACED).toSorted(byPlace);
      return { ...(await auditOrders(one, orders, readTotal)), lanes: lanesOf(one, own) };
    }),
  );
}

/** Whether nothing is missing, twice, out of order, changed or unknown. */
export function isFlawless(verdicts: readonly DealerVerdict[]): boolean {
  return verdicts.every(
    ({ missing, twice, outOfOrder, changed, unknown, lanes }) =>
      [missing, twice, outOfOrder, changed, unknown].every((list) => list.length === 0) &&
      lanes.every((lane) => lane.missing === 0 && lane.twice === 0 && lane.found === lane.expected),
  );
}

async function auditOrders({ dealerId, confirmed }: Expected, orders: readonly Read[], readTotal: ReadTotal) {
  const counts = new Map<string, number>();
  for (const { header } of orders) {
    const id = header.ce_subject ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const rank = new Map(confirmed.map(({ orderId }, index) => [orderId, index] as const));
  const outOfOrder: string[] = [];
  const changed: string[] = [];
  let highest = -1;
  for (const { header, value } of orders) {
    const id = header.ce_subject ?? '';
    const place = rank.get(id);
    if (place === undefined) continue;
    // A repetition is counted as one, and does not count here too.
    if (place < highest && counts.get(id) === 1) outOfOrder.push(id);
    highest = Math.max(highest, place);
    if ((await readTotal(value)) !== confirmed[place]?.grossMinor) changed.push(id);
  }
  const ids = [...counts.keys()];
  return {
    dealerId,
    confirmed: confirmed.length,
    found: ids.filter((id) => rank.has(id)).length,
    missing: [...rank.keys()].filter((id) => !counts.has(id)),
    twice: ids.filter((id) => (counts.get(id) ?? 0) > 1),
    outOfOrder,
    changed,
    unknown: ids.filter((id) => !rank.has(id)),
  };
}

function lanesOf({ epoch, lastSequence }: Expected, own: readonly Read[]): LaneVerdict[] {
  return Object.entries(lastSequence).map(([lane, expected]) => {
    const sequences = own
      .filter(({ header }) => header.ce_lane === lane && header.ce_epoch === String(epoch))
      .map(({ header }) => Number(header.ce_sequence));
    const distinct = new Set(sequences);
    const wanted = Array.from({ length: expected }, (_, index) => index + 1);
    return {
      lane,
      expected,
      found: distinct.size,
      missing: wanted.filter((sequence) => !distinct.has(sequence)).length,
      twice: sequences.length - distinct.size,
    };
  });
}

function byPlace(a: Read, b: Read): number {
  return a.partition - b.partition || a.offset - b.offset;
}
