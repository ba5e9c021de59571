import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Backbone } from '../support/backbone.ts';
import type { Contestant } from '../support/benchmark.ts';

const run = promisify(execFile);

/** Bytes of the value of an order of three lines in Avro, about, with its headers. */
const RECORD_BYTES = 1_200;
/** Its virtual machine compiles while it runs: more records than ours, so that this counts for less. */
const TIMES = 5;

/** Kafka's own load program, for what the broker takes from its own client on this machine. */
export function javaProducer(backbone: Backbone, type: string, events: number): Contestant {
  return {
    label: 'ProducerPerformance',
    does: `org.apache.kafka.tools.ProducerPerformance, Kafka's own client: ${(TIMES * events).toLocaleString('en')} random records of ${RECORD_BYTES.toLocaleString('en')} bytes without headers, one transactional id, a transaction every 100 ms, batches of up to 900,000 bytes`,
    round: () =>
      backbone.withTopics([type], async (prefix) => {
        const { java, classPath } = backbone.binary;
        const { stdout } = await run(java.path, [
          '-Xmx512m',
          '-XX:+UseSerialGC',
          '-cp',
          classPath,
          'org.apache.kafka.tools.ProducerPerformance',
          ...['--topic', `${prefix}.${type}`],
          ...['--num-records', String(TIMES * events)],
          ...['--record-size', String(RECORD_BYTES)],
          ...['--throughput', '-1'],
          ...['--transactional-id', `${prefix}-java`],
          ...['--transaction-duration-ms', '100'],
          '--producer-props',
          `bootstrap.servers=${backbone.broker}`,
          'batch.size=900000',
          'linger.ms=5',
        ]);
        const rate = [...stdout.matchAll(/ records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
        if (rate === undefined) throw new Error(`ProducerPerformance said:\n${stdout}`);
        return Number(rate);
      }),
  };
}
