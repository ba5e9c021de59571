import { loadConfig } from '../../edge/node/config.ts';
import { type EdgeServer, openRuntime, startServer } from '../../edge/node/server.ts';
import { seededFolder } from './seeded-folder.ts';

/** A stocked box behind real sockets, in this process. */
export interface LocalServer extends EdgeServer {
  place(key: string): Promise<Response>;
  dispose(): Promise<void>;
}

export async function startLocalServer(): Promise<LocalServer> {
  const folder = await seededFolder();
  const { config } = await loadConfig({ DATA_DIR: folder.path, PORT: '0', ADVICE: 'off' }, folder.path);
  const server = await startServer(config, await openRuntime(config));
  return {
    ...server,
    place: (key) =>
      fetch(`${server.url}/v1/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ lines: [{ sku: 'HOSE-08', quantity: 1 }] }),
      }),
    dispose: async () => {
      await server.close();
      folder.remove();
    },
  };
}
