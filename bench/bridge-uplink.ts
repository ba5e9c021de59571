import { javaProducer } from './peers/java-producer.ts';
import { natsKafka } from './peers/nats-kafka.ts';
import { bridgeBenchmark } from './support/backbone.ts';
import { benchFile } from './support/box.ts';
import { type BridgeRound, runArgument } from './support/bridge-run.ts';
import { alone, alternate, skipped } from './support/compare.ts';
import { DEALERS, fillUpStream } from './support/dealer-orders.ts';
import { runForJson } from './support/processes.ts';

const EVENTS_FULL = 60_000;
const TYPE = 'order.placed';

/** How fast a backlog of the hub goes into Kafka. */
export const bridgeUplink = bridgeBenchmark(
  'bridge-uplink',
  `Carry ${EVENTS_FULL.toLocaleString('en')} orders of ${DEALERS.length} dealers from a real nats-server into a real Kafka.`,
  async (context, backbone) => {
    const events = context.roundMs < 1_000 ? EVENTS_FULL / 3 : EVENTS_FULL;
    context.progress(`  filling the hub's stream with ${events.toLocaleString('en')} orders`);
    await backbone.hub.fresh();
    await fillUpStream(backbone.hub.nc, events);
    const round = (program: string) => () =>
      backbone.withTopics([TYPE], async (prefix) => {
        const { events: done, seconds } = await runForJson<BridgeRound>([
          program,
          runArgument(backbone, prefix, events),
        ]);
        if (done !== events) throw new Error(`${done} of ${events} events went into Kafka.`);
        return done / seconds;
      });
    const does = `runBridge(), one copy with ${backbone.shards} shards: envelope and payload checked, Avro with registry ids, all attributes as headers, transactions of up to 2,000 events with the checkpoint, receipts to the dealers; from being given the shards (opening the producers, reading the checkpoints) to the last commit`;
    const peer = await natsKafka(context, backbone, TYPE);
    const name = 'bridge-uplink';
    const unit = 'events/s' as const;
    const comparisons = await alternate(
      context,
      { label: 'dealeriq-edge', does, round: round(benchFile('support', 'bridge-process.ts')) },
      [
        {
          name: `${name} / producer`,
          unit,
          target: { ratioMin: 0.6 },
          peer: {
            label: 'bare producer',
            does: 'the same client, records, shards and size of transactions, all records encoded and in memory; no hub, no checkpoint',
            round: round(benchFile('peers', 'kafka-producer-loop.ts')),
          },
        },
        { name: `${name} / java`, unit, peer: javaProducer(backbone, TYPE, events) },
        ...(typeof peer === 'string'
          ? []
          : [
              { name: `${name} / nats-kafka`, unit, target: { ratioMin: 5 }, peer: peer.aDealerEach },
              { name: `${name} / nats-kafka, 1`, unit, peer: peer.oneForAll },
            ]),
      ],
    );
    return [
      alone(name, unit, does, comparisons[0]?.ours.rounds ?? [], { valueMin: 20_000 }),
      ...comparisons,
      ...(typeof peer === 'string' ? [skipped(`${name} / nats-kafka`, peer)] : []),
    ];
  },
);
