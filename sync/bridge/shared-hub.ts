import type { NatsConnection } from '@nats-io/nats-core';

/** One connection to the hub for everything that a copy of the bridge does; opened anew when it was lost. */
export interface SharedHub {
  /**
   * Runs work on the connection. The work's signal aborts when the given one does, or when the connection is lost; then
   * this rejects once the work has ended.
   */
  use(work: (nc: NatsConnection, signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createSharedHub(connect: () => Promise<NatsConnection>): SharedHub {
  let current: Promise<NatsConnection> | undefined;

  const get = async (): Promise<NatsConnection> => {
    const opening = current ?? connect();
    current = opening;
    try {
      const nc = await opening;
      if (!nc.isClosed()) return nc;
    } catch (error) {
      if (current === opening) current = undefined;
      throw error;
    }
    if (current === opening) current = undefined;
    return get();
  };
  return {
    async use(work, signal) {
      const nc = await get();
      const inner = new AbortController();
      const stop = () => inner.abort();
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      let lost = false;
      void nc.closed().then(() => {
        lost = true;
        stop();
      });
      try {
        await work(nc, inner.signal);
        if (lost && !signal.aborted) throw new Error('The connection to the hub was lost.');
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    async close() {
      const opening = current;
      current = undefined;
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}
