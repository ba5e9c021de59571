import type { NatsConnection } from '@nats-io/nats-core';
import { defineCommand } from 'citty';
import { LANES, type Lane } from '../../../src/core/event.ts';
import { resetDownCheckpoint } from '../../../sync/bridge/down-checkpoint.ts';
import type { Kafka } from '../../../sync/bridge/kafka.ts';
import { acceptGap, lanesOf, requestResend } from '../../../sync/bridge/lane-control.ts';
import { checkDealerId } from '../../../sync/jetstream/credentials.ts';
import { type Config, loadConfig } from '../config.ts';
import { explainHub, openHub } from '../nats.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { connectedKafka, hubOf, shardsOf } from './bridge-run.ts';
import { printResult } from './output.ts';

/** What an operator does when something of the bridge waits: docs/runbooks/bridge.md. */

const json = { type: 'boolean', description: 'Print JSON', default: false } as const;
const dealer = { type: 'string', description: 'The id of the dealer', required: true } as const;
const laneArg = { type: 'string', description: 'live or bulk', required: true } as const;

export const lanes = defineCommand({
  meta: { name: 'lanes', description: 'How far Kafka has every dealer, and which lanes are held' },
  args: { json },
  async run({ args }) {
    const states = await withHub(async (nc, config) =>
      withKafka(config, async (kafka) =>
        lanesOf(nc, kafka, config.KAFKA_PREFIX, await shardsOf(kafka, config.KAFKA_PREFIX)),
      ),
    );
    printResult(args.json, { lanes: states }, function* () {
      if (states.length === 0) yield 'Kafka has nothing of any dealer yet.';
      for (const { dealerId, deviceId, lane, kafka, hub, state, found } of states) {
        const place = (at: { epoch: number; sequence: number } | undefined) =>
          at === undefined ? '-' : `${at.epoch}/${at.sequence}`;
        yield `${state.padEnd(8)}${dealerId}/${deviceId}/${lane}  kafka ${place(kafka)}  hub ${place(hub)}${found === undefined ? '' : `  found ${place(found)} where the next was due`}`;
      }
    });
    if (states.some(({ state }) => state === 'held')) process.exitCode = 1;
  },
});

export const resend = defineCommand({
  meta: {
    name: 'resend',
    description: "Delete a lane from the hub, so that the dealer's box sends again what Kafka lacks",
  },
  args: { dealer, lane: laneArg, json },
  async run({ args }) {
    const lane = laneOf(args.lane);
    checkDealerId(args.dealer);
    await withHub((nc) => requestResend(nc, args.dealer, lane));
    printResult(args.json, { dealer: args.dealer, lane }, function* () {
      yield `Deleted the ${lane} lane of ${args.dealer} from the hub. The box sends it again from its receipt on, when it next sends or connects.`;
    });
  },
});

export const skipGap = defineCommand({
  meta: { name: 'skip-gap', description: 'Give up what is missing of a lane: let it go on after a place' },
  args: {
    dealer,
    device: { type: 'string', description: 'The DEVICE_ID of the box', required: true },
    lane: laneArg,
    after: { type: 'string', description: 'epoch/sequence: the last event that is given up', required: true },
    json,
  },
  async run({ args }) {
    const lane = laneOf(args.lane);
    checkDealerId(args.dealer);
    const match = /^([1-9]\d{0,15})\/(\d{1,15})$/.exec(args.after);
    if (match === null) throw wrongArgument(`--after is epoch/sequence, such as 1764000000/41, not "${args.after}".`);
    const upTo = { epoch: Number(match[1]), sequence: Number(match[2]) };
    const { config } = await loadConfig();
    await withKafka(config, async (kafka) =>
      acceptGap(
        kafka,
        config.KAFKA_PREFIX,
        await shardsOf(kafka, config.KAFKA_PREFIX),
        { dealerId: args.dealer, deviceId: args.device, lane },
        upTo,
      ),
    );
    printResult(args.json, { dealer: args.dealer, device: args.device, lane, after: upTo }, function* () {
      yield `${args.dealer}/${args.device}/${lane} goes on after ${args.after}.`;
    });
  },
});

export const resetDown = defineCommand({
  meta: { name: 'reset-down', description: 'Say where a halted partition of what goes down goes on' },
  args: {
    topic: { type: 'string', description: 'The topic, such as dealeriq.price.changed', required: true },
    partition: { type: 'string', description: 'The partition', required: true },
    offset: { type: 'string', description: 'The next offset to read; 0 for all of it', required: true },
    json,
  },
  async run({ args }) {
    const partition = wholeNumber('partition', args.partition, 0, 100_000);
    const offset = BigInt(wholeNumber('offset', args.offset, 0, Number.MAX_SAFE_INTEGER));
    await withHub((nc, config) =>
      resetDownCheckpoint(nc, config.KAFKA_PREFIX, { topic: args.topic, partition, offset }),
    );
    printResult(args.json, { topic: args.topic, partition, offset: Number(offset) }, function* () {
      yield `Partition ${partition} of ${args.topic} goes on at offset ${offset}.`;
    });
  },
});

function laneOf(text: string): Lane {
  const lane = LANES.find((one) => one === text);
  if (lane === undefined) throw wrongArgument(`--lane is one of ${LANES.join(', ')}, not "${text}".`);
  return lane;
}

async function withHub<T>(work: (nc: NatsConnection, config: Config) => Promise<T>): Promise<T> {
  const { config } = await loadConfig();
  const hub = hubOf(config);
  let nc: NatsConnection | undefined;
  try {
    nc = await openHub(hub, 'dealeriq bridge', 'bridge');
    return await work(nc, config);
  } catch (error) {
    throw explainHub(hub.url, error);
  } finally {
    await nc?.close();
  }
}

async function withKafka<T>(config: Config, work: (kafka: Kafka) => Promise<T>): Promise<T> {
  const kafka = await connectedKafka(config);
  try {
    return await work(kafka);
  } finally {
    await kafka.close();
  }
}
