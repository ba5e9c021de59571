import { readRecordHeaders } from '../../sync/bridge/cloud-event-records.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import type { BridgeRun } from './bridge-run.ts';

/** Milliseconds from an event's own time to its reading. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly events: number;
}

/**
 * A process of its own: reads the orders as a consumer of committed records does, until so many have come; then prints
 * how long they took. The first ones, which warm the way up, do not count.
 */
const run = JSON.parse(process.argv[2] ?? '{}') as BridgeRun;
const warmUp = Number(process.argv[3]);
const topic = `${run.prefix}.order.placed`;
const kafka = await connectKafka({ brokers: [run.broker], clientId: 'latency' });
const abort = new AbortController();
process.stdin.once('end', () => abort.abort()).resume();
const from = await kafka.admin().bounds(topic);
process.stdout.write('ready\n');
const took: number[] = [];
const seen = new Set<string>();
let read = 0;
const positions = from.map(({ partition, end }) => ({ topic, partition, offset: end }));
for await (const messages of kafka.reader().read(positions, abort.signal)) {
  const nowMs = Date.now();
  for (const { headers } of messages) {
    const { id = '', time = '' } = readRecordHeaders(headers).attributes;
    if (seen.has(id)) throw new Error(`Event ${id} came twice.`);
    seen.add(id);
    read += 1;
    if (read > warmUp) took.push(nowMs - Date.parse(time));
  }
  if (read >= (run.events ?? 0)) break;
}
took.sort((a, b) => a - b);
const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
const found: Latencies = { p50: at(0.5), p99: at(0.99), max: at(1), events: took.length };
process.stdout.write(`${JSON.stringify(found)}\n`);
await kafka.close();
