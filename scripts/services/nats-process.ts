import type { ChildProcess } from 'node:child_process';
import { launchServer } from './server-process.ts';

export { endProcess, isAlive } from './server-process.ts';

export interface Launch {
  readonly binary: string;
  readonly configFile: string;
  readonly logFile: string;
  /** The monitoring port, by which it says that it is ready. */
  readonly monitorPort: number;
  /** Lets it run on when this process ends. */
  readonly detached?: boolean;
  /** What to run it under, such as `ip netns exec NAME`; it must become the server (exec). */
  readonly under?: readonly string[];
  /** Where monitoring listens; loopback unless given. */
  readonly monitorHost?: string;
}

/**
 * Starts nats-server on a configuration file and waits until it is healthy.
 * @throws {EdgeError} `invalid-config` with the end of its log when it ends instead.
 */
export function launchNats(launch: Launch): Promise<ChildProcess> {
  const [program = launch.binary, ...args] = [...(launch.under ?? []), launch.binary, '-c', launch.configFile];
  return launchServer({
    name: 'nats-server',
    command: [program, ...args],
    logFile: launch.logFile,
    detached: launch.detached === true,
    isReady: () => isHealthy(launch.monitorPort, launch.monitorHost),
  });
}

/** Whether a server answers on its monitoring port that it is well. */
export async function isHealthy(monitorPort: number, host = '127.0.0.1'): Promise<boolean> {
  try {
    return (await fetch(`http://${host}:${monitorPort}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
