import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../services/free-port.ts';
import { type KafkaBinary, kafkaBinary } from '../services/kafka-binary.ts';
import { launchKafka } from '../services/kafka-process.ts';
import { natsBinary } from '../services/nats-binary.ts';
import { natsConfig } from '../services/nats-config.ts';
import { launchNats } from '../services/nats-process.ts';
import { registryBinary } from '../services/registry-binary.ts';
import { launchRegistry, registryUrl } from '../services/registry-process.ts';
import type { Processes } from './processes.ts';

/** The servers between the dealers and the centre, on ports and folders of the demo's own. */
export interface Backbone {
  readonly natsUrl: string;
  readonly brokers: string;
  readonly registryUrl: string;
  readonly kafka: KafkaBinary;
  readonly versions: { readonly nats: string; readonly kafka: string; readonly registry: string };
  killNats(): Promise<void>;
  killKafka(): Promise<void>;
  /** Starts it again on what it had stored. */
  startNats(): Promise<void>;
  startKafka(): Promise<void>;
}

/**
 * Starts nats-server, Kafka and the schema registry at the same time, and fetches what the machine lacks.
 * @throws {EdgeError} `invalid-config` saying what is missing or did not start.
 */
export async function startBackbone(
  folder: string,
  processes: Processes,
  progress: (line: string) => void,
): Promise<Backbone> {
  const [nats, kafka, registry] = await Promise.all([
    natsBinary(progress),
    kafkaBinary(progress),
    registryBinary(progress),
  ]);
  const [natsPort = 0, monitorPort = 0, kafkaPort = 0, controllerPort = 0, registryPort = 0] = await freePorts(5);
  const natsFolder = join(folder, 'nats');
  const configFile = join(natsFolder, 'nats.conf');
  mkdirSync(natsFolder, { recursive: true });
  writeFileSync(
    configFile,
    natsConfig({ name: 'demo', port: natsPort, monitorPort, storeDir: join(natsFolder, 'store') }),
  );

  const startNats = async () => {
    const logFile = join(natsFolder, 'nats.log');
    await processes.add('nats', launchNats({ binary: nats.path, configFile, logFile, monitorPort, detached: true }));
  };
  const startKafka = async () => {
    const launch = { kafka, folder: join(folder, 'kafka'), port: kafkaPort, controllerPort, detached: true };
    await processes.add('kafka', launchKafka(launch));
  };
  const startRegistry = async () => {
    const launch = { registry, folder: join(folder, 'registry'), port: registryPort, detached: true };
    await processes.add('registry', launchRegistry(launch));
  };
  await Promise.all([startNats(), startKafka(), startRegistry()]);
  return {
    natsUrl: `nats://127.0.0.1:${natsPort}`,
    brokers: `127.0.0.1:${kafkaPort}`,
    registryUrl: registryUrl(registryPort),
    kafka,
    versions: { nats: nats.version, kafka: kafka.version, registry: registry.version },
    killNats: () => processes.kill('nats'),
    killKafka: () => processes.kill('kafka'),
    startNats,
    startKafka,
  };
}
