import { createEdge, type Edge, type EdgeOptions } from '../../src/create-edge.ts';
import { readMigrations } from '../node/migrations.ts';
import { openFileStore, openMemoryStore } from '../node/open-store.ts';
import { nodePorts } from '../node/ports.ts';

export interface FileEdgeOptions
  extends Pick<EdgeOptions, 'dealerId' | 'deviceId'>,
    Partial<Pick<EdgeOptions, 'authenticate' | 'metrics' | 'report' | 'upgradeWebSocket' | 'version'>> {
  /** Folder of the database file; made if it is missing. */
  readonly dataDir: string;
  /** Encrypts the file at rest. */
  readonly encryptionKey?: string;
}

/** An edge runtime on a libSQL file inside your own Node program. */
export async function createFileEdge(options: FileEdgeOptions): Promise<Edge> {
  const { dataDir, encryptionKey, ...rest } = options;
  return createEdge({
    ...rest,
    store: await openFileStore(dataDir, encryptionKey),
    ports: nodePorts,
    migrations: readMigrations(),
    openScratch: openMemoryStore,
  });
}
