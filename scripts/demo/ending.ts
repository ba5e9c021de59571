import { auditDealers, type DealerVerdict, isFlawless } from './audit.ts';
import { type ConsoleRecord, readWithConsoleConsumer } from './console-consumer.ts';
import { type Narrator, seconds, tableLines } from './narrator.ts';
import type { Processes } from './processes.ts';
import type { Figures, Story } from './story.ts';

/** What `npm run demo -- --json` prints. */
export interface DemoResult {
  readonly passed: boolean;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly records: number;
  readonly deadLetters: number;
  readonly dealers: readonly DealerVerdict[];
  readonly figures: Figures;
  /** One order as the console consumer printed it. */
  readonly example: {
    readonly partition: number;
    readonly offset: number;
    readonly key: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly valueBytes: number;
    readonly schemaId: number;
  };
}

/** Everything that the demo's events can be in; not the bridge's own checkpoint. */
const TOPICS = 'dealeriq\\.(?!bridge\\.).*';

/** The header that only dead letters have. */
const DEAD_LETTER = 'dealeriq_dlq_id';

/** Reads Kafka back with its own console consumer, and holds it against what the dealers were told. */
export async function readBack(
  { backbone, centre, dealers, figures }: Story,
  { root, processes, narrator }: { root: string; processes: Processes; narrator: Narrator },
): Promise<DemoResult> {
  narrator.chapter('Kafka, read back by its own console consumer');
  const expected = await Promise.all(
    dealers.map(async (dealer) => {
      const { epoch, outbound } = await dealer.sync();
      const lastSequence = { live: outbound.live.lastAckedSequence, bulk: outbound.bulk.lastAckedSequence };
      return { dealerId: dealer.dealerId, confirmed: dealer.confirmed, epoch, lastSequence };
    }),
  );
  const events = expected.reduce((sum, { lastSequence }) => sum + lastSequence.live + lastSequence.bulk, 0);
  const startMs = narrator.elapsedMs();
  const records = await readWithConsoleConsumer(
    processes,
    { kafka: backbone.kafka, brokers: backbone.brokers, folder: root },
    TOPICS,
    (read) => read.length >= events && read.filter(isOfDealer).length >= events,
  );
  narrator.tell(
    `kafka-console-consumer ${backbone.versions.kafka}, isolation.level=read_committed: ${records.length} records in ${seconds(narrator.elapsedMs() - startMs)}`,
  );
  const verdicts = await auditDealers(expected, records, async (value) => {
    const { data } = await centre.codec.decode(value);
    return (data as { totals: { grossMinor: number } }).totals.grossMinor;
  });
  const deadLetters = records.filter(({ headers }) => headers.some(([name]) => name === DEAD_LETTER)).length;
  const example = exampleOf(records, dealers[0].confirmed.at(-1)?.orderId);
  for (const line of verdictLines(verdicts)) narrator.plain(line);
  narrator.plain('');
  for (const line of recordLines(example)) narrator.plain(line);
  const { partition, offset, key, headers, value } = example;
  return {
    passed: isFlawless(verdicts) && deadLetters === 0,
    seconds: Math.round(narrator.elapsedMs() / 100) / 10,
    versions: backbone.versions,
    records: records.length,
    deadLetters,
    dealers: verdicts,
    figures,
    example: {
      ...{ partition, offset, key, headers: Object.fromEntries(headers) },
      ...{ valueBytes: value.length, schemaId: schemaIdOf(value) },
    },
  };
}

function isOfDealer({ headers }: ConsoleRecord): boolean {
  return headers.some(([name]) => name === 'ce_sequence');
}

function* verdictLines(verdicts: readonly DealerVerdict[]): Iterable<string> {
  yield '';
  const count = (list: readonly string[]) => list.length;
  yield* tableLines(
    ['dealer', 'orders confirmed (201)', 'in dealeriq.order.placed', 'missing', 'twice', 'out of order', 'changed'],
    verdicts.map((one) => [
      ...[one.dealerId, one.confirmed, one.found],
      ...[count(one.missing), count(one.twice), count(one.outOfOrder), count(one.changed) + count(one.unknown)],
    ]),
  );
  yield '';
  yield* tableLines(
    ['dealer', 'lane', 'events made', 'in Kafka', 'missing', 'twice', 'sequence'],
    verdicts.flatMap(({ dealerId, lanes }) =>
      lanes
        .filter(({ expected, found }) => expected > 0 || found > 0)
        .map(({ lane, expected, found, missing, twice }) => [
          ...[dealerId, lane, expected, found, missing, twice],
          missing === 0 && twice === 0 && found === expected ? `1..${expected} without a gap` : 'broken',
        ]),
    ),
  );
}

function exampleOf(records: readonly ConsoleRecord[], orderId: string | undefined): ConsoleRecord {
  const of = (record: ConsoleRecord, name: string) => record.headers.find(([one]) => one === name)?.[1];
  const orders = records.filter((record) => of(record, 'ce_type') === 'order.placed');
  const found = orders.find((record) => of(record, 'ce_subject') === orderId) ?? orders[0];
  return found ?? { partition: -1, offset: -1, key: '', headers: [], value: new Uint8Array() };
}

function* recordLines({ partition, offset, key, headers, value }: ConsoleRecord): Iterable<string> {
  yield `One order in dealeriq.order.placed, as the console consumer shows it`;
  yield `  partition ${partition}, offset ${offset}, key ${key}`;
  for (const [name, text] of headers) yield `  ${name.padEnd(18)} ${text}`;
  yield `  value              ${value.length} bytes, Confluent wire format: magic byte ${value[0]}, schema id ${schemaIdOf(value)}, Avro`;
}

function schemaIdOf(value: Uint8Array): number {
  return value.length < 5 ? -1 : new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(1);
}
