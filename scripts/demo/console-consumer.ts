import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EdgeError } from '../../src/core/errors.ts';
import type { KafkaBinary } from '../services/kafka-binary.ts';
import type { Processes } from './processes.ts';

/** What Kafka's own console consumer printed of one record. */
export interface ConsoleRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Headers as they were printed, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly value: Uint8Array;
}

/** It gives up when nothing has come for so long, in milliseconds; long enough to join a group on a busy machine. */
const SILENCE_MS = 10_000;

/** Once everything that is expected has come it may still bring more, such as a repetition, for so long. */
const AFTERWARDS_MS = 2_000;

/** Between two headers; no header of ours holds it. */
const UNIT_SEPARATOR = '\u001f';

const LINE = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t([^\t]*)\t(.*)$/;

/**
 * Reads every committed record of some topics with `kafka-console-consumer`, a program that shares no code with this
 * repository. Order is kept within a partition.
 * @param topics A Java regular expression of their names.
 * @param isComplete Whether everything that is expected is among the records; it is asked after each.
 * @throws {EdgeError} `internal` when it cannot read.
 */
export async function readWithConsoleConsumer(
  processes: Processes,
  { kafka, brokers, folder }: { readonly kafka: KafkaBinary; readonly brokers: string; readonly folder: string },
  topics: string,
  isComplete: (records: readonly ConsoleRecord[]) => boolean,
): Promise<readonly ConsoleRecord[]> {
  const logConfig = join(folder, 'console-consumer.properties');
  writeFileSync(logConfig, LOG_CONFIG);
  const format = {
    'print.partition': true,
    'print.offset': true,
    'print.headers': true,
    'print.key': true,
    'headers.separator': UNIT_SEPARATOR,
    // Bytes that are no printable ASCII come as \x41.
    'value.deserializer': 'org.apache.kafka.common.serialization.BytesDeserializer',
  };
  const child = spawn(
    kafka.java.path,
    [
      ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', `-Dlog4j2.configurationFile=${logConfig}`],
      ...['-Dstdout.encoding=UTF-8', ...kafka.javaOptions, '-cp', kafka.classPath],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', brokers, '--include', topics, '--from-beginning'],
      ...['--isolation-level', 'read_committed', '--timeout-ms', String(SILENCE_MS)],
      ...Object.entries(format).flatMap(([name, value]) => ['--formatter-property', `${name}=${value}`]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await processes.add('console-consumer', Promise.resolve(child));
  const ended = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const records: ConsoleRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      records.push(readLine(line));
      if (timer !== undefined) timer.refresh();
      else if (isComplete(records)) timer = setTimeout(() => child.kill('SIGTERM'), AFTERWARDS_MS);
    }
    await ended;
  } finally {
    clearTimeout(timer);
    await processes.kill('console-consumer');
  }
  if (records.length === 0) throw new EdgeError('internal', `The console consumer read nothing: ${said.slice(-1_000)}`);
  return records;
}

function readLine(line: string): ConsoleRecord {
  const [, partition, offset, headers = '', key = '', value = ''] = LINE.exec(line) ?? [];
  if (offset === undefined) throw new EdgeError('internal', `The console consumer printed what is no record: ${line}`);
  return {
    partition: Number(partition),
    offset: Number(offset),
    key,
    headers: headers.split(UNIT_SEPARATOR).flatMap((one) => {
      const colon = one.indexOf(':');
      return colon < 0 ? [] : [[one.slice(0, colon), one.slice(colon + 1)] as const];
    }),
    value: bytesOf(value),
  };
}

/** The bytes of what `Bytes.toString` of Kafka's clients wrote. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(
    text.replace(/\\x([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Standard output is for records alone. */
const LOG_CONFIG = `status=warn
appender.err.type=Console
appender.err.name=ERR
appender.err.target=SYSTEM_ERR
appender.err.layout.type=PatternLayout
appender.err.layout.pattern=[%d] %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.err.ref=ERR
`;
