import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EdgeError } from '../../src/core/errors.ts';
import { classArchive } from './class-archive.ts';
import { freePorts } from './free-port.ts';
import { type JavaBinary, javaBinary } from './java-binary.ts';
import { launchKafka } from './kafka-process.ts';
import { fetchJars, sizeOf } from './maven.ts';
import { endProcess } from './server-process.ts';
import { cached } from './service-cache.ts';

const VERSION = '4.3.1';
const LOG4J_VERSION = '2.25.1';

/** Kafka 4 brokers need it (KIP-1013). */
const JAVA_MIN = 17;

const ARTIFACTS = [
  `org.apache.kafka:kafka_2.13:${VERSION}`,
  `org.apache.kafka:kafka-tools:${VERSION}`,
  `org.apache.logging.log4j:log4j-core:${LOG4J_VERSION}`,
  `org.apache.logging.log4j:log4j-slf4j-impl:${LOG4J_VERSION}`,
];

export interface KafkaBinary {
  readonly java: JavaBinary;
  readonly classPath: string;
  readonly version: string;
  /** The folder of its jars. */
  readonly libs: string;
  /** Where it came from: `environment` or `Maven`. */
  readonly source: string;
  /** Options with which Java starts it sooner. */
  readonly javaOptions: readonly string[];
}

/**
 * Apache Kafka, ready to be run: the jars named by KAFKA_LIBS (`libs` of a distribution), else those fetched once with Maven.
 * @throws {EdgeError} `invalid-config` saying what is missing: Java, Maven, or the network.
 */
export async function kafkaBinary(progress: (line: string) => void = () => undefined): Promise<KafkaBinary> {
  const java = await javaBinary(JAVA_MIN, `Apache Kafka ${VERSION}`);
  const named = process.env.KAFKA_LIBS;
  if (named !== undefined && named !== '') return fromFolder(java, named);
  const libs = await cached(`kafka-${VERSION}`, async (folder) => {
    progress(`Fetching Apache Kafka ${VERSION} from Maven Central with Maven: about 85 jars, 55 MB…`);
    const into = join(folder, 'libs');
    await fetchJars(ARTIFACTS, into);
    progress(`Fetched Apache Kafka ${VERSION}: ${readdirSync(into).length} jars, ${sizeOf(into)}.`);
    return into;
  });
  const plain: KafkaBinary = {
    java,
    classPath: classPathOf(libs),
    version: VERSION,
    libs,
    source: 'Maven',
    javaOptions: [],
  };
  const javaOptions = await classArchive(`kafka-${VERSION}-java-${java.version}`, async (folder, option) => {
    progress('Preparing Kafka for quick starts (once)…');
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const child = await launchKafka({ kafka: plain, folder, port, controllerPort, javaOptions: [option] });
    await endProcess(child.pid ?? 0, 30_000);
  });
  return { ...plain, javaOptions };
}

function fromFolder(java: JavaBinary, libs: string): KafkaBinary {
  let jar: string | undefined;
  try {
    jar = readdirSync(libs).find((name) => /^kafka-server-\d.*\.jar$/.test(name));
  } catch {
    // Said below.
  }
  if (jar === undefined) {
    throw new EdgeError('invalid-config', `KAFKA_LIBS names ${libs}, which holds no Kafka. Correct it, or unset it.`);
  }
  const version = jar.slice('kafka-server-'.length, -'.jar'.length);
  return { java, classPath: classPathOf(libs), version, libs, source: 'environment', javaOptions: [] };
}

/** Every jar by name: a class data archive is only used for the very class path it was made with. */
function classPathOf(libs: string): string {
  return readdirSync(libs)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(libs, name))
    .join(delimiter);
}
