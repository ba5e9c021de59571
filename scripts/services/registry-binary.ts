import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';
import { classArchive } from './class-archive.ts';
import { freePorts } from './free-port.ts';
import { type JavaBinary, javaBinary } from './java-binary.ts';
import { fetchArtifact } from './maven.ts';
import { launchRegistry } from './registry-process.ts';
import { endProcess } from './server-process.ts';
import { cached } from './service-cache.ts';

const run = promisify(execFile);

const VERSION = '3.3.3';

/** What Apicurio 3.3 is compiled for. */
const JAVA_MIN = 21;

export interface RegistryBinary {
  readonly java: JavaBinary;
  /** The folder of the unpacked application. */
  readonly home: string;
  readonly version: string;
  /** Where it came from: `environment` or `Maven`. */
  readonly source: string;
  /** Options with which Java starts it sooner. */
  readonly javaOptions: readonly string[];
}

/**
 * Apicurio Registry, ready to be run: the unpacked application named by APICURIO_HOME, else the one fetched once with
 * Maven.
 * @throws {EdgeError} `invalid-config` saying what is missing: Java, Maven, or the network.
 */
export async function registryBinary(progress: (line: string) => void = () => undefined): Promise<RegistryBinary> {
  const java = await javaBinary(JAVA_MIN, `Apicurio Registry ${VERSION}`);
  const named = process.env.APICURIO_HOME;
  if (named !== undefined && named !== '') {
    if (existsSync(join(named, 'quarkus-run.jar'))) {
      return { java, home: named, version: 'of APICURIO_HOME', source: 'environment', javaOptions: [] };
    }
    throw new EdgeError(
      'invalid-config',
      `APICURIO_HOME names ${named}, which holds no quarkus-run.jar. Correct it, or unset it.`,
    );
  }
  const home = await cached(`apicurio-registry-${VERSION}`, async (folder) => {
    progress(`Fetching Apicurio Registry ${VERSION} from Maven Central with Maven: 159 MB…`);
    const archive = await fetchArtifact(
      `io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`,
      join(folder, 'archive'),
    );
    await run('tar', ['-xzf', archive, '-C', folder]);
    progress(`Fetched and unpacked Apicurio Registry ${VERSION}.`);
    return folder;
  });
  const plain: RegistryBinary = { java, home, version: VERSION, source: 'Maven', javaOptions: [] };
  const javaOptions = await classArchive(
    `apicurio-registry-${VERSION}-java-${java.version}`,
    async (folder, option) => {
      progress('Preparing the registry for quick starts (once)…');
      const [port = 0] = await freePorts(1);
      const child = await launchRegistry({ registry: plain, folder, port, javaOptions: [option] });
      await endProcess(child.pid ?? 0, 30_000);
    },
  );
  return { ...plain, javaOptions };
}
