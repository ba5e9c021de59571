import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Which way the bytes of a link do not flow. Held bytes arrive late, as a network delivers them after a cut. */
export type Held = 'none' | 'up' | 'down' | 'both';

/** A link that can be cut, held in one direction or both, and mended. */
export interface LinkProxy {
  readonly url: string;
  hold(which: Held): void;
  /** Ends what is connected and refuses what comes. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A TCP proxy before a server on loopback. */
export async function linkProxy(targetPort: number): Promise<LinkProxy> {
  const pairs = new Set<{ client: Socket; upstream: Socket }>();
  let held: Held = 'none';
  let cut = false;

  const apply = ({ client, upstream }: { client: Socket; upstream: Socket }) => {
    if (held === 'up' || held === 'both') client.pause();
    else client.resume();
    if (held === 'down' || held === 'both') upstream.pause();
    else upstream.resume();
  };
  const server = createServer((client) => {
    if (cut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    const pair = { client, upstream };
    pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('end', () => to.end());
      from.on('close', () => {
        to.end();
        if (client.destroyed && upstream.destroyed) pairs.delete(pair);
      });
    }
    apply(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = () => {
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    pairs.clear();
  };
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(which) {
      held = which;
      for (const pair of pairs) apply(pair);
    },
    cut() {
      cut = true;
      endAll();
    },
    mend() {
      cut = false;
      held = 'none';
      for (const pair of pairs) apply(pair);
    },
    async close() {
      endAll();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
