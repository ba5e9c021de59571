import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cached } from '../../scripts/services/service-cache.ts';
import type { Kafka } from '../../sync/bridge/kafka.ts';
import { UP } from '../../sync/jetstream/streams.ts';
import type { Backbone } from '../support/backbone.ts';
import type { BenchContext, Contestant } from '../support/benchmark.ts';
import { DEALERS } from '../support/dealer-orders.ts';

/** The bridge of NATS itself, in Go: https://github.com/nats-io/nats-kafka, fetched as a Go module and built once. */
const MODULE = 'github.com/nats-io/nats-kafka';
const VERSION = 'v1.4.2';
const CACHE = resolve(import.meta.dirname, '../../.cache/bench');

const START_MS = 20_000;
const LOOK_MS = 10;

const run = promisify(execFile);

/** One connector of the bridge's configuration. */
export type Connector = Readonly<Record<string, string | readonly string[]>>;

/** Its rates on the same stream, or why there are none. */
export async function natsKafka(
  context: BenchContext,
  backbone: Backbone,
  type: string,
): Promise<string | { readonly aDealerEach: Contestant; readonly oneForAll: Contestant }> {
  const binary = await natsKafkaBinary(context);
  if (!binary.ok) return binary.reason;
  const contestant = (label: string, how: string, subjects: readonly string[]): Contestant => ({
    label,
    does: `${MODULE} ${VERSION}, ${how}: the JSON as it is, without registry, schema or transactions, at least once; each record awaited, then its message acknowledged; counted from when all of it has started`,
    round: () =>
      backbone.withTopics([type], (prefix) => {
        const topic = `${prefix}.${type}`;
        const connectors = subjects.map((subject) => ({
          type: 'JetStreamToKafka',
          brokers: [backbone.broker],
          stream: UP,
          subject,
          topic,
          keytype: 'fixed',
          keyvalue: subject.split('.', 3)[2] ?? '',
        }));
        return rateOf(
          () => startNatsKafka(context, binary.path, backbone, connectors),
          () => recordsIn(backbone.kafka, topic),
          context.roundMs,
        );
      }),
  });
  return {
    aDealerEach: contestant(
      `nats-kafka, ${DEALERS.length} connectors`,
      'JetStreamToKafka, one connector a dealer, which is its fastest setting that keeps the order of each',
      DEALERS.map((dealerId) => `dealeriq.up.${dealerId}.>`),
    ),
    oneForAll: contestant('nats-kafka, 1 connector', 'JetStreamToKafka, one connector for the stream', [
      'dealeriq.up.>',
    ]),
  };
}

/** Builds it once, where Go is there. */
export async function natsKafkaBinary({
  progress,
}: BenchContext): Promise<
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string }
> {
  try {
    await run('go', ['version']);
  } catch {
    return { ok: false, reason: `Go is not installed, so ${MODULE} cannot be built.` };
  }
  try {
    const path = await cached(
      `nats-kafka-${VERSION}`,
      async (folder) => {
        progress(`  building ${MODULE} ${VERSION} with Go (once)`);
        writeFileSync(join(folder, 'go.mod'), `module peer\n\ngo 1.24\n\nrequire ${MODULE} ${VERSION}\n`);
        writeFileSync(join(folder, 'peer.go'), `//go:build tools\n\npackage peer\n\nimport _ "${MODULE}"\n`);
        await run('go', ['build', '-mod=mod', '-o', 'nats-kafka', MODULE], { cwd: folder });
        return join(folder, 'nats-kafka');
      },
      CACHE,
    );
    return { ok: true, path };
  } catch (error) {
    return {
      ok: false,
      reason: `${MODULE} cannot be built: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Starts it with these connectors, and resolves when all of them run. */
export async function startNatsKafka(
  context: BenchContext,
  binary: string,
  { hub }: Backbone,
  connectors: readonly Connector[],
): Promise<ChildProcess> {
  const configFile = join(mkdtempSync(join(context.folder, 'nats-kafka-')), 'bridge.conf');
  const config = {
    reconnectinterval: 1_000,
    logging: { time: true, debug: false, trace: false, colors: false },
    nats: { servers: [hub.url] },
    jetstream: { publishasyncmaxpending: 4_000 },
    monitoring: { httphost: '127.0.0.1', httpport: -1 },
    connect: connectors,
  };
  writeFileSync(configFile, JSON.stringify(config, undefined, 1));
  const child = spawn(binary, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const started = new Promise<void>((started, failed) => {
    child.stderr.on('data', (bytes) => {
      if (said.length < 100_000) said += String(bytes);
      // What it says last when it starts.
      if (said.includes('starting http monitor')) started();
    });
    child.once('exit', () => failed(new Error(`nats-kafka ended:\n${said.slice(-1_000)}`)));
    setTimeout(START_MS, undefined, { ref: false }).then(
      () => failed(new Error('nats-kafka did not start in time.')),
      failed,
    );
  });
  try {
    await started;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}

/** Records a second once all connectors run, from a moment when there are some, for about so long; then it is ended. */
export async function rateOf(
  begin: () => Promise<ChildProcess>,
  count: () => Promise<number>,
  milliseconds: number,
): Promise<number> {
  const before = await count();
  const child = await begin();
  const exited = once(child, 'exit');
  try {
    const deadlineMs = performance.now() + START_MS;
    let first = before;
    while (first === before) {
      if (performance.now() > deadlineMs || child.exitCode !== null) throw new Error('nats-kafka carried nothing.');
      await setTimeout(LOOK_MS);
      first = await count();
    }
    const start = performance.now();
    await setTimeout(milliseconds);
    const last = await count();
    return ((last - first) / (performance.now() - start)) * 1_000;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function recordsIn(kafka: Kafka, topic: string): Promise<number> {
  const bounds = await kafka.admin().bounds(topic);
  return bounds.reduce((sum, { first, end }) => sum + Number(end - first), 0);
}
