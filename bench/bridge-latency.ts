import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { type Backbone, bridgeBenchmark } from './support/backbone.ts';
import type { BenchContext } from './support/benchmark.ts';
import { benchFile } from './support/box.ts';
import { runArgument } from './support/bridge-run.ts';
import { alone } from './support/compare.ts';
import { DEALERS, OrderSender } from './support/dealer-orders.ts';
import type { Latencies } from './support/latency-process.ts';
import { NODE_FLAGS } from './support/processes.ts';

const EVENTS_PER_SECOND = 500;
const SECONDS_FULL = 20;
/** Sent first and not counted: programs that have just started are still being compiled. */
const WARM_UP_SECONDS = 3;
const TYPE = 'order.placed';
const START_MS = 30_000;

/** How soon an order can be read in Kafka. */
export const bridgeLatency = bridgeBenchmark(
  'bridge-latency',
  `Time from an order's due sending to the hub to its reading in Kafka, at ${EVENTS_PER_SECOND} a second.`,
  async (context, backbone) => {
    const seconds = context.roundMs < 1_000 ? SECONDS_FULL / 4 : SECONDS_FULL;
    const found: Latencies[] = [];
    // One round more than a minute would hold up the rest for a figure that hardly moves.
    const rounds = Math.min(context.rounds, 3);
    for (let round = 0; round < rounds; round += 1) {
      const one = await backbone.withTopics([TYPE], (prefix) => measure(context, backbone, prefix, seconds));
      context.progress(`  round ${round + 1}/${rounds}  p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(0)} ms`);
      found.push(one);
    }
    const does = `${EVENTS_PER_SECOND} orders a second of ${DEALERS.length} dealers for ${seconds} s, one a batch, to a hub with sync_interval: always; one bridge copy with ${backbone.shards} shards, Avro, transactions; read by a read_committed reader in a process of its own; from the moment that an order was due`;
    return [
      alone('bridge-latency / p50', 'ms', `median of ${does}`, values(found, 'p50'), { valueMax: 250 }),
      alone('bridge-latency / p99', 'ms', `99th percentile of ${does}`, values(found, 'p99'), { valueMax: 1_000 }),
    ];
  },
);

function values(found: readonly Latencies[], name: 'p50' | 'p99'): number[] {
  return found.map((one) => one[name]);
}

async function measure(context: BenchContext, backbone: Backbone, prefix: string, seconds: number): Promise<Latencies> {
  await backbone.hub.fresh();
  const warmUp = EVENTS_PER_SECOND * WARM_UP_SECONDS;
  const events = warmUp + EVENTS_PER_SECOND * seconds;
  const bridge = await start(context, 'bridge-process.ts', runArgument(backbone, prefix));
  const reader = await start(context, 'latency-process.ts', runArgument(backbone, prefix, events), String(warmUp));
  try {
    await sendOrders(backbone, events);
    const latencies = await reader.line(seconds * 1_000);
    return JSON.parse(latencies) as Latencies;
  } finally {
    await reader.end();
    await bridge.end();
  }
}

/** Each event at its time, whether the ones before have been answered or not; a dealer has one batch on its way. */
async function sendOrders({ hub }: Backbone, events: number): Promise<void> {
  const senders = DEALERS.map((dealerId) => new OrderSender(hub.nc, dealerId));
  const startMs = Date.now();
  await Promise.all(
    senders.map(async (sender, index) => {
      for (let number = index; number < events; ) {
        const due: Date[] = [];
        await setTimeout(Math.max(0, startMs + (number * 1_000) / EVENTS_PER_SECOND - Date.now()));
        for (; number < events; number += senders.length) {
          const dueMs = startMs + (number * 1_000) / EVENTS_PER_SECOND;
          if (due.length > 0 && dueMs > Date.now()) break;
          due.push(new Date(dueMs));
        }
        await sender.send(due);
      }
    }),
  );
}

interface Child {
  /** The next line that it prints. */
  line(withinMs: number): Promise<string>;
  end(): Promise<void>;
}

/** Starts a program that prints `ready` and ends with its standard input. */
async function start(context: BenchContext, program: string, ...args: readonly string[]): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [...NODE_FLAGS, benchFile('support', program), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  const one: Child = {
    async line(withinMs) {
      const late = setTimeout(withinMs, undefined, { ref: false });
      const next = await Promise.race([lines.next(), late]);
      if (next === undefined) throw new Error(`${program} was silent for ${withinMs} ms.`);
      if (next.done === true) throw new Error(`${program} ended.`);
      return next.value;
    },
    async end() {
      child.stdin?.end();
      await exited;
    },
  };
  try {
    await one.line(START_MS);
  } catch (error) {
    context.progress(String(error));
    child.kill('SIGKILL');
    throw error;
  }
  return one;
}
