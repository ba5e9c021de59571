import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take the ports of outgoing connections, so that a restart gets its port again. */
const FIRST = 20_000;
const LAST = 32_000;

/** Ports of loopback that nothing uses now: the wanted ones where they are free. */
export async function freePorts(count: number, wanted: readonly number[] = []): Promise<number[]> {
  const ports: number[] = [];
  for (const port of wanted) if (ports.length < count && (await isFree(port))) ports.push(port);
  while (ports.length < count) {
    const port = randomInt(FIRST, LAST);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

/** Whether nothing listens on a port of loopback. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
