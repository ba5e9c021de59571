import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type KafkaBinary, kafkaBinary } from '../../scripts/services/kafka-binary.ts';
import { launchKafka } from '../../scripts/services/kafka-process.ts';
import { natsBinary } from '../../scripts/services/nats-binary.ts';
import { endProcess } from '../../scripts/services/nats-process.ts';
import { registryBinary } from '../../scripts/services/registry-binary.ts';
import { launchRegistry, registryUrl } from '../../scripts/services/registry-process.ts';
import { checkpointTopic } from '../../sync/bridge/checkpoint.ts';
import type { Kafka } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { catalogSubjects, registerSubjects } from '../../sync/bridge/registry/subjects.ts';
import { deadLetterTopic, SHARDS_DEFAULT } from '../../sync/bridge/topic-list.ts';
import { applyTopics, planTopics } from '../../sync/bridge/topics.ts';
import type { BenchContext, Benchmark, Comparison } from './benchmark.ts';
import { SCHEMA_PREFIX } from './bridge-run.ts';
import { skipped } from './compare.ts';
import { remove } from './files.ts';
import { type BenchHub, startHub } from './hub.ts';

/** A hub, a Kafka broker and a schema registry of this run, on loopback, ready for the bridge. */
export interface Backbone {
  readonly hub: BenchHub;
  /** `host:port`. */
  readonly broker: string;
  readonly kafka: Kafka;
  readonly binary: KafkaBinary;
  readonly registry: string;
  readonly shards: number;
  /** Topics under a prefix of their own for the work, which go away with it: the bridge's, and those of some events. */
  withTopics<T>(types: readonly string[], work: (prefix: string) => Promise<T>): Promise<T>;
}

/** The broker has more memory than in tests, so that its own collections do not decide. */
const HEAP_MB = 1_024;

let running: Promise<{ readonly backbone: Backbone; end(): Promise<void> }> | undefined;

/** A benchmark of the bridge; skipped, with the reason, where one of the servers cannot be had. */
export function bridgeBenchmark(
  name: string,
  about: string,
  run: (context: BenchContext, backbone: Backbone) => Promise<readonly Comparison[]>,
): Benchmark {
  return {
    name,
    about,
    async run(context) {
      let binaries: Binaries;
      try {
        binaries = await fetchBinaries(context);
      } catch (error) {
        return [skipped(name, error instanceof Error ? error.message : String(error))];
      }
      running ??= start(context, binaries);
      return run(context, (await running).backbone);
    },
  };
}

/** Ends the servers that benchmarks of the bridge have started. */
export async function endBackbone(): Promise<void> {
  const started = await running?.catch(() => undefined);
  running = undefined;
  await started?.end();
}

type Binaries = Awaited<ReturnType<typeof fetchBinaries>>;

async function fetchBinaries({ progress }: BenchContext) {
  return {
    nats: await natsBinary(progress),
    kafka: await kafkaBinary(progress),
    registry: await registryBinary(progress),
  };
}

async function start(context: BenchContext, binaries: Binaries): Promise<{ backbone: Backbone; end(): Promise<void> }> {
  context.progress('  starting nats-server, Kafka and the schema registry');
  const folder = mkdtempSync(join(context.folder, 'backbone-'));
  const ends: (() => Promise<void>)[] = [async () => remove(folder)];
  const pids: number[] = [];
  // A run that is interrupted leaves no server behind either.
  const kill = () => pids.forEach(killNow);
  process.once('exit', kill);
  const end = async () => {
    for (const one of ends.splice(0).reverse()) await one();
    process.off('exit', kill);
  };
  const keep = (pid: number) => {
    pids.push(pid);
    ends.push(() => endProcess(pid, 30_000));
  };
  try {
    const [port = 0, controllerPort = 0, registryPort = 0] = await freePorts(3);
    const started = await startHub(folder, binaries.nats);
    pids.push(started.pid);
    ends.push(started.end);
    const broker = await launchKafka({
      kafka: binaries.kafka,
      folder: join(folder, 'kafka'),
      port,
      controllerPort,
      heapMb: HEAP_MB,
    });
    keep(broker.pid ?? 0);
    const registry = await launchRegistry({
      registry: binaries.registry,
      folder: join(folder, 'registry'),
      port: registryPort,
    });
    keep(registry.pid ?? 0);
    const kafka = await connectKafka({ brokers: [`127.0.0.1:${port}`], clientId: 'bench' });
    ends.push(() => kafka.close());
    await registerSubjects(registryClient({ url: registryUrl(registryPort) }), catalogSubjects('avro', SCHEMA_PREFIX));
    const backbone: Backbone = {
      hub: started.hub,
      broker: `127.0.0.1:${port}`,
      kafka,
      binary: binaries.kafka,
      registry: registryUrl(registryPort),
      shards: SHARDS_DEFAULT,
      withTopics: (types, work) => withTopics(kafka, types, work),
    };
    return { backbone, end };
  } catch (error) {
    await end();
    throw error;
  }
}

let rounds = 0;

async function withTopics<T>(kafka: Kafka, types: readonly string[], work: (prefix: string) => Promise<T>): Promise<T> {
  rounds += 1;
  const prefix = `bench${rounds}`;
  const names = [...types.map((type) => `${prefix}.${type}`), deadLetterTopic(prefix), checkpointTopic(prefix)];
  const plan = await planTopics(kafka.admin(), { prefix, replicationFactor: 1 });
  await applyTopics(
    kafka.admin(),
    plan.filter(({ topic }) => names.includes(topic)),
  );
  try {
    return await work(prefix);
  } finally {
    await kafka.admin().deleteTopics(names);
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
