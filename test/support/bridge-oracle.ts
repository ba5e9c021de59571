import { LANES } from '../../src/core/event.ts';
import { foldCheckpoint, laneKey } from '../../sync/bridge/checkpoint.ts';
import { comparePlaces, type Place } from '../../sync/core/outbox.ts';
import type { ReadRecord } from './bridge-console.ts';
import { type Dealer, epochKey } from './bridge-dealer.ts';
import { canonical, type Made, sha256 } from './bridge-events.ts';

/** What is wrong with what Kafka has of one dealer, counted. */
export interface BridgeVerdict {
  readonly dealerId: string;
  events: number;
  deadLetters: number;
  epochs: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** Other bytes, another payload, or the wrong side of the contract gate. */
  altered: number;
  /** Made by no dealer. */
  foreign: number;
  readonly problems: string[];
}

/** What the oracle needs to know of a dealer. */
export type DealerFacts = Pick<Dealer, 'dealerId' | 'deviceId' | 'made' | 'keptUpTo' | 'receipt' | 'problems'>;

export interface KafkaContent {
  /** Everything but the checkpoint, as a read_committed reader sees it. */
  readonly records: readonly ReadRecord[];
  readonly checkpoint: readonly ReadRecord[];
  /** Reads a value by the schema that the registry has for it. */
  decode(value: Buffer): Promise<unknown>;
}

const PROBLEMS_MAX = 12;
const DLQ_ID = 'dealeriq_dlq_id';
const COUNTS = ['lost', 'duplicated', 'reordered', 'altered', 'foreign'] as const;

/** Whether a verdict has nothing to say. */
export function isClean(verdict: BridgeVerdict): boolean {
  return COUNTS.every((kind) => verdict[kind] === 0) && verdict.problems.length === 0;
}

/**
 * Compares what the dealers made with what Kafka has: of each device, epoch and lane exactly 1..N, once, in order, each
 * payload as it was made, each poison as a dead letter byte for byte; and the checkpoint and receipts say no more.
 */
export async function judgeKafka(dealers: readonly DealerFacts[], content: KafkaContent): Promise<BridgeVerdict[]> {
  const byDealer = Map.groupBy(content.records, ({ key }) => key);
  const known = new Set(dealers.map(({ dealerId }) => dealerId));
  const verdicts = await Promise.all(
    dealers.map((dealer) => judgeDealer(dealer, byDealer.get(dealer.dealerId) ?? [], content)),
  );
  const strangers = [...byDealer].filter(([key]) => !known.has(key)).map(([key, { length }]) => `${length} of ${key}`);
  const [first] = verdicts;
  if (first !== undefined && strangers.length > 0) first.problems.push(`records under other keys: ${strangers.join()}`);
  return verdicts;
}

async function judgeDealer(
  dealer: DealerFacts,
  records: readonly ReadRecord[],
  content: KafkaContent,
): Promise<BridgeVerdict> {
  const verdict: BridgeVerdict = {
    dealerId: dealer.dealerId,
    ...{ events: 0, deadLetters: 0, epochs: 0, lost: 0, duplicated: 0, reordered: 0, altered: 0, foreign: 0 },
    problems: [...dealer.problems],
  };
  const note = (kind: (typeof COUNTS)[number], what: string) => {
    verdict[kind] += 1;
    if (verdict.problems.length < PROBLEMS_MAX) verdict.problems.push(`${kind}: ${what}`);
  };
  const made = madeByName(dealer);
  const seen = new Map<string, ReadRecord>();
  const violations: string[] = [];
  for (const record of records) {
    const { headers } = record;
    if (headers.ce_source === 'urn:dealeriq:centre:bridge') {
      violations.push(String(((await content.decode(record.value)) as { deadLetterId?: unknown }).deadLetterId));
      continue;
    }
    const name = nameOf(placeIn(record));
    const event = made.get(name);
    if (event === undefined) note('foreign', `${name} (${headers.ce_id})`);
    else if (seen.has(name)) note('duplicated', `${name} at ${where(seen.get(name))} and ${where(record)}`);
    else {
      seen.set(name, record);
      const wrong = await differenceOf(event, record, content);
      if (wrong !== undefined) note('altered', `${name}: ${wrong}`);
      if (DLQ_ID in headers) verdict.deadLetters += 1;
      else verdict.events += 1;
    }
  }
  for (const event of made.values()) {
    if (!seen.has(nameOf(event)) && !mayBeMissing(dealer, event, seen)) note('lost', nameOf(event));
  }
  judgeOrder(records, note);
  const letters = records.flatMap(({ headers }) => headers[DLQ_ID] ?? []);
  if (letters.toSorted().join() !== violations.toSorted().join()) {
    verdict.problems.push(`${letters.length} dead letters, but ${violations.length} events that tell of one`);
  }
  verdict.epochs = new Set([...seen.values()].map(({ headers }) => headers.ce_epoch)).size;
  verdict.problems.push(...checkpointProblems(dealer, seen.values(), content.checkpoint));
  return verdict;
}

/** An event after a backup, on a disk that was lost, may be there only with everything before it. */
function mayBeMissing(dealer: DealerFacts, event: Made, seen: ReadonlyMap<string, ReadRecord>): boolean {
  const kept = dealer.keptUpTo.get(epochKey(event.lane, event.epoch));
  return kept !== undefined && event.sequence > kept && !seen.has(nameOf({ ...event, sequence: event.sequence + 1 }));
}

/** In each partition of a topic the places of a lane only rise, and all records of a dealer are in one partition. */
function judgeOrder(records: readonly ReadRecord[], note: (kind: 'reordered', what: string) => void): void {
  const topics = Map.groupBy(records, ({ headers }) => (DLQ_ID in headers ? 'dlq' : String(headers.ce_type)));
  for (const [topic, mine] of topics) {
    if (new Set(mine.map(({ partition }) => partition)).size > 1) note('reordered', `${topic} is in two partitions`);
    const last = new Map<string, Place>();
    for (const record of mine.toSorted((a, b) => a.offset - b.offset)) {
      if (record.headers.ce_deviceid === undefined) continue;
      const place = placeIn(record);
      const lane = `${place.deviceId}/${place.lane}`;
      const before = last.get(lane);
      if (before !== undefined && comparePlaces(before, place) >= 0) {
        note('reordered', `${topic}: ${nameOf(place)} after ${before.epoch}/${before.sequence}`);
      }
      last.set(lane, place);
    }
  }
}

async function differenceOf(made: Made, record: ReadRecord, content: KafkaContent): Promise<string | undefined> {
  const isDeadLetter = DLQ_ID in record.headers;
  if (isDeadLetter !== (made.poison !== undefined)) {
    return isDeadLetter ? `a dead letter: ${record.headers.dealeriq_reason}` : `${made.poison} passed`;
  }
  if (isDeadLetter) return sha256(record.value) === made.digest ? undefined : `${made.poison} has other bytes`;
  const { ce_id: id, ce_type: type } = record.headers;
  if (id !== made.id || type !== made.type) return `is ${type} ${id}`;
  return sha256(canonical(await content.decode(record.value))) === made.digest ? undefined : 'has another payload';
}

/** I2: the watermark of each lane is its last record, and no receipt goes beyond it. */
function checkpointProblems(
  dealer: DealerFacts,
  records: Iterable<ReadRecord>,
  checkpoint: readonly ReadRecord[],
): string[] {
  const problems: string[] = [];
  const { watermarks } = foldCheckpoint(
    checkpoint
      .toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
      .map(({ partition, offset, key, value }) => ({
        ...{ topic: '', partition, offset: BigInt(offset), timestampMs: 0, headers: [] },
        key: Buffer.from(key),
        value,
      })),
  );
  const present = [...records].map(placeIn);
  for (const lane of LANES) {
    const last = present
      .filter((place) => place.lane === lane)
      .toSorted(comparePlaces)
      .at(-1);
    const watermark = watermarks.get(laneKey({ ...dealer, lane }));
    const receipt = dealer.receipt(lane);
    if (textOf(watermark) !== textOf(last)) {
      problems.push(`watermark of ${lane}: ${textOf(watermark)}, but the last record is ${textOf(last)}`);
    }
    if (comparePlaces(receipt, last ?? { epoch: 0, sequence: 0 }) > 0) {
      problems.push(`receipt of ${lane}: ${textOf(receipt)}, but the last record is ${textOf(last)}`);
    }
  }
  return problems;
}

type NamedPlace = Place & { readonly deviceId: string; readonly lane: string };

/** The place that a record's headers name. */
export function placeIn({ headers }: Pick<ReadRecord, 'headers'>): NamedPlace {
  return {
    deviceId: String(headers.ce_deviceid),
    lane: String(headers.ce_lane),
    epoch: Number(headers.ce_epoch),
    sequence: Number(headers.ce_sequence),
  };
}

function madeByName(dealer: DealerFacts): Map<string, Made> {
  return new Map(dealer.made.map((made) => [nameOf(made), made]));
}

function nameOf({ deviceId, lane, epoch, sequence }: NamedPlace): string {
  return `${deviceId}/${lane}/${epoch}/${sequence}`;
}

function textOf(place: Place | undefined): string {
  return place === undefined ? 'none' : `${place.epoch}/${place.sequence}`;
}

function where(record: ReadRecord | undefined): string {
  return `${record?.partition}:${record?.offset}`;
}
