import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';
import { isFree } from './free-port.ts';
import type { KafkaBinary } from './kafka-binary.ts';
import { type KafkaSettings, kafkaConfig, kafkaJavaOptions } from './kafka-config.ts';
import { launchServer } from './server-process.ts';

const run = promisify(execFile);

const FORMAT_MS = 60_000;
/** How long a broker may take to answer the first question, in milliseconds. */
const ANSWER_MS = 2_000;

/** What a broker logs last when it starts (kafka.server.KafkaRaftServer). */
const STARTED = 'Kafka Server started';

export interface KafkaLaunch extends Omit<KafkaSettings, 'dataFolder'> {
  readonly kafka: KafkaBinary;
  /** Its folder: configuration, `kafka.log` and `data`. A second launch on it goes on where the first ended. */
  readonly folder: string;
  /** Who may sign in with SCRAM-SHA-512. They are made when the folder is formatted, so on the first launch only. */
  readonly users?: readonly KafkaUser[];
  /** The Java heap in MiB; 512 unless given. */
  readonly heapMb?: number;
  /** Further options of Java. */
  readonly javaOptions?: readonly string[];
  /** Lets it run on when this process ends. */
  readonly detached?: boolean;
}

export interface KafkaUser {
  readonly name: string;
  readonly password: string;
}

/**
 * Starts one Kafka node and waits until it has started and answers on its plain port. The process is the broker
 * itself, so it can be stopped, killed and launched again on the same folder and ports.
 * @throws {EdgeError} `invalid-config` when a port is taken, the folder cannot be formatted, or the broker ends; with
 * the end of its log.
 */
export async function launchKafka(launch: KafkaLaunch): Promise<ChildProcess> {
  const dataFolder = join(launch.folder, 'data');
  const configFile = join(launch.folder, 'server.properties');
  const logFile = kafkaLog(launch.folder);
  mkdirSync(launch.folder, { recursive: true });
  // Private: it may hold the key of the TLS listener.
  writeFileSync(configFile, kafkaConfig({ ...launch, dataFolder }), { mode: 0o600 });
  const logConfig = join(launch.folder, 'log4j2.properties');
  writeFileSync(logConfig, LOG_CONFIG);
  const java = [
    launch.kafka.java.path,
    '-XX:+UseSerialGC',
    `-Xmx${launch.heapMb ?? 512}m`,
    `-Dlog4j2.configurationFile=${logConfig}`,
    ...launch.kafka.javaOptions,
    ...kafkaJavaOptions(launch),
    ...(launch.javaOptions ?? []),
    '-cp',
    launch.kafka.classPath,
  ] as const;
  for (const port of [
    launch.port,
    launch.controllerPort,
    ...(launch.secure === undefined ? [] : [launch.secure.port]),
  ]) {
    // Otherwise whatever has the port could be taken for the broker.
    if (!(await isFree(port))) {
      throw new EdgeError(
        'invalid-config',
        `Kafka cannot start: port ${port} is taken. Stop what uses it, or choose another.`,
      );
    }
  }
  if (!existsSync(join(dataFolder, 'meta.properties'))) await format(java, configFile, launch.users ?? []);
  const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
  return launchServer({
    name: 'Kafka',
    command: [...java, 'kafka.Kafka', configFile],
    logFile,
    detached: launch.detached === true,
    isReady: async () =>
      readFileSync(logFile).subarray(logStart).includes(STARTED) && (await kafkaAnswers(launch.port, launch.host)),
  });
}

/** Where a node logs. */
export function kafkaLog(folder: string): string {
  return join(folder, 'kafka.log');
}

/** Whether a broker answers on a plain port: it is asked for its API versions (key 18, version 0). */
export function kafkaAnswers(port: number, host = '127.0.0.1'): Promise<boolean> {
  const correlation = 7;
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(correlation, 8);
  request.writeInt16BE(-1, 12);
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: ANSWER_MS });
    let answer = Buffer.alloc(0);
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => socket.write(request));
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      // Size, correlation id, error code.
      if (answer.length >= 10) finish(answer.readInt32BE(4) === correlation && answer.readInt16BE(8) === 0);
    });
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}

async function format(
  java: readonly [string, ...string[]],
  configFile: string,
  users: readonly KafkaUser[],
): Promise<void> {
  const [program, ...options] = java;
  const scram = users.flatMap(({ name, password }) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  const tool = ['kafka.tools.StorageTool', 'format', '-t', randomClusterId(), '-c', configFile, '--ignore-formatted'];
  try {
    await run(program, [...options, ...tool, ...scram], { timeout: FORMAT_MS });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new EdgeError(
      'invalid-config',
      `Kafka's folder cannot be formatted:\n${`${stdout}${stderr}`.trim().slice(-1_000)}`,
      {
        cause: error,
      },
    );
  }
}

/** A Kafka UUID: 16 bytes in base64url; it must not begin with a hyphen, which would be an option. */
function randomClusterId(): string {
  const id = Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith('-') ? randomClusterId() : id;
}

/** To standard output, which is the log file. The lists of all settings are left out. */
const LOG_CONFIG = `status=warn
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c{1})%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=OUT
logger.settings.name=org.apache.kafka.common.config
logger.settings.level=warn
logger.clientsettings.name=org.apache.kafka.clients.admin.AdminClientConfig
logger.clientsettings.level=warn
logger.kafkasettings.name=kafka.server.KafkaConfig
logger.kafkasettings.level=warn
`;
