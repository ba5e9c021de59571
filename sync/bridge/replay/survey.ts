import type { Selected } from './selection.ts';

/** What a replay is about: counted from the records' headers, without reading a payload. */
export interface Survey {
  readonly events: number;
  /** Of the records' values. */
  readonly bytes: number;
  readonly byType: Readonly<Record<string, number>>;
  /** `-` stands for what is of no dealer. */
  readonly byDealer: Readonly<Record<string, number>>;
  /** When Kafka recorded the first and the last, RFC 3339. */
  readonly firstAt?: string;
  readonly lastAt?: string;
}

/** Counts events; `limit` of them at the most. */
export async function survey(events: AsyncIterable<Selected>, limit = Number.POSITIVE_INFINITY): Promise<Survey> {
  const byType: Record<string, number> = {};
  const byDealer: Record<string, number> = {};
  let count = 0;
  let bytes = 0;
  let firstMs: number | undefined;
  let lastMs: number | undefined;
  for await (const { message, type, dealerId = '-' } of events) {
    count += 1;
    bytes += message.value?.length ?? 0;
    byType[type] = (byType[type] ?? 0) + 1;
    byDealer[dealerId] = (byDealer[dealerId] ?? 0) + 1;
    firstMs = Math.min(firstMs ?? message.timestampMs, message.timestampMs);
    lastMs = Math.max(lastMs ?? message.timestampMs, message.timestampMs);
    if (count >= limit) break;
  }
  return {
    events: count,
    bytes,
    byType: sorted(byType),
    byDealer: sorted(byDealer),
    ...(firstMs === undefined ? {} : { firstAt: new Date(firstMs).toISOString() }),
    ...(lastMs === undefined ? {} : { lastAt: new Date(lastMs).toISOString() }),
  };
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1)));
}
