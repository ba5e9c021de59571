import { readFileSync } from 'node:fs';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type KafkaBinary, kafkaBinary } from '../../scripts/services/kafka-binary.ts';
import type { SecureListener } from '../../scripts/services/kafka-config.ts';
import { type KafkaLaunch, kafkaLog, launchKafka } from '../../scripts/services/kafka-process.ts';
import { type RestartableProcess, restartable } from './restartable-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface KafkaServerOptions
  extends Partial<Pick<KafkaLaunch, 'port' | 'users' | 'heapMb' | 'javaOptions' | 'extra' | 'sessionTimeoutMs'>> {
  /** A further listener on a port of its own, on which clients sign in over TLS. */
  readonly secure?: Omit<SecureListener, 'port'>;
}

/** A real broker of its own, on ports and a folder that stay over a restart. */
export interface KafkaServer extends RestartableProcess {
  /** Where clients find it, as in KAFKA_BROKERS: without TLS or signing in, and with every right. */
  readonly broker: string;
  /** Where clients sign in over TLS; only with the `secure` option. */
  readonly secureBroker: string;
  readonly port: number;
  /** Its folder: configuration, log and data. */
  readonly folder: string;
  log(): string;
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

/**
 * Kafka, or `undefined` with a line that says why there is none: the tests that need it are skipped then. Where
 * `CI=true` it throws instead, because there a skipped test would look like a passed one.
 */
export async function kafkaOrSkip(): Promise<KafkaBinary | undefined> {
  try {
    return await kafkaBinary();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`SKIPPED tests that need Kafka: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

/** Starts a broker and waits until it can be used: about a second, or three after a kill (see `sessionTimeoutMs`). */
export async function startKafka(options: KafkaServerOptions = {}): Promise<KafkaServer> {
  const { secure, port: wanted, ...settings } = options;
  const kafka = await kafkaBinary();
  const { path: folder, remove } = temporaryFolder();
  const [free = 0, controllerPort = 0, securePort = 0] = await freePorts(3);
  const port = wanted ?? free;
  const launch: KafkaLaunch = {
    heapMb: 256,
    // Its first seconds are all there is of it: what the second compiler gains comes too late.
    javaOptions: ['-XX:TieredStopAtLevel=1'],
    ...settings,
    ...(secure === undefined ? {} : { secure: { ...secure, port: securePort } }),
    kafka,
    folder,
    port,
    controllerPort,
  };
  try {
    const broker = await restartable(() => launchKafka(launch));
    return Object.assign(broker, {
      broker: `127.0.0.1:${port}`,
      secureBroker: `127.0.0.1:${securePort}`,
      port,
      folder,
      log: () => readFileSync(kafkaLog(folder), 'utf8'),
      async dispose() {
        await broker.kill();
        remove();
      },
    });
  } catch (error) {
    remove();
    throw error;
  }
}
