import { connect } from '@nats-io/transport-node';
import type { KafkaRecord } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { shardOf, transactionalId } from '../../sync/bridge/shards.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { dealersInStream, openUpSource, streamNow } from '../../sync/bridge/up-source.ts';
import { type BridgeRun, openCodec } from '../support/bridge-run.ts';

/**
 * A process of its own: the records that the bridge would write, made beforehand and kept in memory, written in
 * transactions of the bridge's size, one producer a shard, all at once. Prints `{events, seconds}`.
 */

/** What the bridge puts into one transaction at the most. */
const TRANSACTION_MAX = 2_000;

const run = JSON.parse(process.argv[2] ?? '{}') as BridgeRun;
const shards = await recordsByShard(run);
const kafka = await connectKafka({ brokers: [run.broker], clientId: 'loop' });
const producers = await Promise.all(shards.map((_, shard) => kafka.producer(transactionalId(run.prefix, 'up', shard))));
const start = performance.now();
await Promise.all(
  producers.map(async (producer, shard) => {
    const records = shards[shard] ?? [];
    for (let from = 0; from < records.length; from += TRANSACTION_MAX) {
      await producer.begin();
      await producer.send(records.slice(from, from + TRANSACTION_MAX));
      await producer.commit();
    }
  }),
);
const seconds = (performance.now() - start) / 1_000;
await kafka.close();
process.stdout.write(JSON.stringify({ events: shards.flat().length, seconds }));

async function recordsByShard({ hub, registry, prefix, shards: count }: BridgeRun): Promise<KafkaRecord[][]> {
  const gate = createUpGate({ codec: await openCodec({ registry }), prefix, nowMs: Date.now });
  const nc = await connect({ servers: hub });
  const { lastSequence } = await streamNow(nc);
  const source = await openUpSource(nc, [...(await dealersInStream(nc))], 1);
  const found: KafkaRecord[][] = Array.from({ length: count }, () => []);
  const signal = new AbortController().signal;
  for (let at = 0; at < lastSequence; ) {
    for (const message of await source.next(signal)) {
      at = message.streamSequence;
      const { records } = await gate.admit(message);
      for (const record of records) found[shardOf(record.key, count)]?.push(record);
    }
  }
  await source.close();
  await nc.close();
  return found;
}
