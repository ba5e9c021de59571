import { benchFile } from './box.ts';
import { runForJson, type ServerProcess } from './processes.ts';

export const CONNECTIONS = 64;

interface Load {
  readonly rate: number;
  readonly failed: number;
}

/** Loads a server from a third process after a warm-up, stops it, and returns the successful requests a second. */
export async function loadAndStop(
  server: ServerProcess,
  program: 'orders.ts' | 'route.ts',
  url: string,
  ms: number,
  ...args: readonly string[]
): Promise<number> {
  try {
    const load = (duration: number) =>
      runForJson<Load>([benchFile('load', program), url, String(CONNECTIONS), String(duration), ...args]);
    await load(1_000);
    const { rate, failed } = await load(ms);
    if (failed > 0) throw new Error(`${failed} requests to ${url} failed.`);
    return rate;
  } finally {
    await server.stop();
  }
}
