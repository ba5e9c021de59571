import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type KafkaBinary, kafkaBinary } from '../../scripts/services/kafka-binary.ts';
import type { SecureListener } from '../../scripts/services/kafka-config.ts';
import { type KafkaUser, launchKafka } from '../../scripts/services/kafka-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A broker of its own that can be killed and started again on the same port and folder. */
export interface KafkaCluster {
  readonly broker: string;
  /** Where clients sign in over TLS; only with the `secure` option. */
  readonly secureBroker: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

export interface KafkaClusterOptions {
  readonly secure?: Omit<SecureListener, 'port'>;
  readonly users?: readonly KafkaUser[];
  /** Further settings of the broker. */
  readonly extra?: Readonly<Record<string, string | number>>;
}

/** As `natsOrSkip`: `undefined` and a line on standard error where Kafka is missing, an error where `CI=true`. */
export async function kafkaClusterOrSkip(): Promise<KafkaBinary | undefined> {
  try {
    return await kafkaBinary();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`SKIPPED tests that need Kafka: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

export async function startKafkaCluster(kafka: KafkaBinary, options: KafkaClusterOptions = {}): Promise<KafkaCluster> {
  const { path: folder, remove } = temporaryFolder();
  const [port = 0, controllerPort = 0, securePort = 0] = await freePorts(3);
  const { secure, users = [], extra = {} } = options;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = await launchKafka({
      kafka,
      folder,
      port,
      controllerPort,
      users,
      extra,
      ...(secure === undefined ? {} : { secure: { ...secure, port: securePort } }),
    });
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    broker: `127.0.0.1:${port}`,
    secureBroker: `127.0.0.1:${securePort}`,
    start,
    kill,
    async dispose() {
      await kill();
      remove();
    },
  };
}
