import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaBinary } from '../../scripts/services/kafka-binary.ts';

/**
 * Reads Kafka with its own console consumer, `isolation.level=read_committed`: what any reader at the centre sees, and
 * nothing of the client that the bridge uses.
 */

/** A record as a reader sees it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

const run = promisify(execFile);
const BYTES = 'org.apache.kafka.common.serialization.BytesDeserializer';
/** Control characters, which BytesDeserializer writes as `\xNN`, so that they are found only between the parts. */
const PART = '\u0001';
const HEADER = '\u0002';

export interface ConsoleRead {
  readonly broker: string;
  /** A regular expression of Java over the names of topics. */
  readonly topics: string;
  readonly folder: string;
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /** It ends when nothing came for so long, in milliseconds. */
  readonly quietMs?: number;
}

/** Everything that the topics have. */
export async function readWithConsole(read: ConsoleRead): Promise<ReadRecord[]> {
  const kafka = await kafkaBinary();
  const log = join(read.folder, 'console-log4j2.properties');
  writeFileSync(log, 'rootLogger.level=error\n');
  const config = join(read.folder, 'console.properties');
  writeFileSync(config, 'fetch.max.wait.ms=100\nmax.poll.records=5000\n');
  const properties = {
    'print.partition': 'true',
    'print.offset': 'true',
    'print.headers': 'true',
    'print.key': 'true',
    'key.separator': PART,
    'headers.separator': HEADER,
    'key.deserializer': BYTES,
    'value.deserializer': BYTES,
    'headers.deserializer': BYTES,
  };
  const { stdout } = await run(
    kafka.java.path,
    [
      '-Xmx512m',
      '-XX:+UseSerialGC',
      `-Dlog4j2.configurationFile=${log}`,
      '-cp',
      kafka.classPath,
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', read.broker, '--include', read.topics, '--from-beginning'],
      ...['--isolation-level', read.isolation ?? 'read_committed', '--command-config', config],
      ...['--timeout-ms', String(read.quietMs ?? 5_000)],
      ...Object.entries(properties).flatMap(([name, value]) => ['--formatter-property', `${name}=${value}`]),
    ],
    { maxBuffer: 2 ** 30, encoding: 'latin1' },
  );
  return stdout.split('\n').filter(Boolean).map(recordOf);
}

/** `Partition:0<PART>Offset:7<PART>ce_id:1<HEADER>ce_type:…<PART>key<PART>value`. */
function recordOf(line: string): ReadRecord {
  const parts = line.split(PART);
  const [partition = '', offset = '', headers = '', key = '', value = ''] = parts;
  if (parts.length !== 5) throw new Error(`The console consumer printed ${parts.length} parts: ${line.slice(0, 300)}`);
  return {
    partition: Number(partition.slice('Partition:'.length)),
    offset: Number(offset.slice('Offset:'.length)),
    key: bytesOf(key).toString(),
    headers: headers === 'NO_HEADERS' ? {} : Object.fromEntries(headers.split(HEADER).map(headerOf)),
    value: bytesOf(value),
  };
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), bytesOf(text.slice(colon + 1)).toString()];
}

/** Undoes `org.apache.kafka.common.utils.Bytes.toString`. */
function bytesOf(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
