import { readFileSync } from 'node:fs';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type RegistryBinary, registryBinary } from '../../scripts/services/registry-binary.ts';
import { launchRegistry, registryLog, registryUrl } from '../../scripts/services/registry-process.ts';
import { type RestartableProcess, restartable } from './restartable-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real registry of its own, on a port and database that stay over a restart. */
export interface RegistryServer extends RestartableProcess {
  /** Its Confluent API, as in SCHEMA_REGISTRY_URL. */
  readonly url: string;
  readonly port: number;
  /** Its folder: log and database. */
  readonly folder: string;
  log(): string;
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

/**
 * A schema registry, or `undefined` with a line that says why there is none: the tests that need it are skipped then.
 * Where `CI=true` it throws instead, because there a skipped test would look like a passed one.
 */
export async function registryOrSkip(): Promise<RegistryBinary | undefined> {
  try {
    return await registryBinary();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(
      `SKIPPED tests that need a schema registry: ${error instanceof Error ? error.message : error}\n`,
    );
    return undefined;
  }
}

/** Starts a registry and waits until it can be used, about two seconds. */
export async function startRegistry(options: { readonly port?: number } = {}): Promise<RegistryServer> {
  const registry = await registryBinary();
  const { path: folder, remove } = temporaryFolder();
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  try {
    const server = await restartable(() => launchRegistry({ registry, folder, port }));
    return Object.assign(server, {
      url: registryUrl(port),
      port,
      folder,
      log: () => readFileSync(registryLog(folder), 'utf8'),
      async dispose() {
        await server.kill();
        remove();
      },
    });
  } catch (error) {
    remove();
    throw error;
  }
}
