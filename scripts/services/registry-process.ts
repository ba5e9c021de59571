import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError } from '../../src/core/errors.ts';
import { isFree } from './free-port.ts';
import type { RegistryBinary } from './registry-binary.ts';
import { launchServer } from './server-process.ts';

/** How long it may take to answer one question, in milliseconds. */
const ANSWER_MS = 2_000;

export interface RegistryLaunch {
  readonly registry: RegistryBinary;
  /** Its folder: `registry.log` and the database. A second launch on it has the schemas of the first. */
  readonly folder: string;
  readonly port: number;
  readonly host?: string;
  /** The Java heap in MiB; 256 unless given. */
  readonly heapMb?: number;
  /** Further options of Java. */
  readonly javaOptions?: readonly string[];
  /** Lets it run on when this process ends. */
  readonly detached?: boolean;
}

/**
 * Starts Apicurio Registry with its database (H2) on the disk and waits until its Confluent API answers.
 * @throws {EdgeError} `invalid-config` when the port is taken or it ends; with the end of its log.
 */
export async function launchRegistry(launch: RegistryLaunch): Promise<ChildProcess> {
  const { registry, folder, port } = launch;
  const host = launch.host ?? '127.0.0.1';
  if (!(await isFree(port))) {
    // Otherwise whatever has the port could be taken for the registry.
    throw new EdgeError(
      'invalid-config',
      `The registry cannot start: port ${port} is taken. Stop what uses it, or choose another.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  return launchServer({
    name: 'Apicurio Registry',
    command: [
      registry.java.path,
      '-XX:+UseSerialGC',
      // It is asked a few times an hour: starting quickly counts for more than the last of its speed.
      '-XX:TieredStopAtLevel=1',
      `-Xmx${launch.heapMb ?? 256}m`,
      ...registry.javaOptions,
      ...(launch.javaOptions ?? []),
      '-jar',
      join(registry.home, 'quarkus-run.jar'),
    ],
    env: {
      ...process.env,
      QUARKUS_HTTP_HOST: host,
      QUARKUS_HTTP_PORT: String(port),
      // Health and metrics have a port of their own, and would listen everywhere on 9000; 0 is any port.
      QUARKUS_MANAGEMENT_HOST: host,
      QUARKUS_MANAGEMENT_PORT: '0',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      // H2 writes half a second late by default: a kill then takes schemas whose ids were given out already.
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(folder, 'registry')};WRITE_DELAY=0`,
      APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '1',
      APICURIO_DATASOURCE_JDBC_MIN_SIZE: '1',
      APICURIO_DATASOURCE_JDBC_MAX_SIZE: '20',
    },
    logFile: registryLog(folder),
    detached: launch.detached === true,
    isReady: () => registryAnswers(port, host),
  });
}

/** Where a registry logs. */
export function registryLog(folder: string): string {
  return join(folder, 'registry.log');
}

/** Where the Confluent API of a registry is. */
export function registryUrl(port: number, host = '127.0.0.1'): string {
  return `http://${host}:${port}/apis/ccompat/v7`;
}

/** Whether a registry answers that it can be used. */
export async function registryAnswers(port: number, host?: string): Promise<boolean> {
  try {
    return (await fetch(`${registryUrl(port, host)}/subjects`, { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}
