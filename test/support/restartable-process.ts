import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A server process that a test ends, freezes and starts again. */
export interface RestartableProcess {
  /** 0 while it is down. */
  readonly pid: number;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Ends it as an operator would (SIGTERM). */
  stop(): Promise<void>;
  /** Stops and continues it where it is (SIGSTOP, SIGCONT). */
  pause(): void;
  resume(): void;
  /** Starts it again after it ended, and waits until it can be used. */
  start(): Promise<void>;
  /** `kill` and `start`. */
  restart(): Promise<void>;
}

/** Starts a process by its launch, which resolves when it can be used, and again whenever it is asked to. */
export async function restartable(launch: () => Promise<ChildProcess>): Promise<RestartableProcess> {
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const ended = child;
    child = undefined;
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
    const gone = once(ended, 'exit');
    ended.kill(signal);
    // A stopped process takes SIGTERM only when it goes on.
    if (signal !== 'SIGKILL') ended.kill('SIGCONT');
    await gone;
  };
  const server: RestartableProcess = {
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async start() {
      if (child !== undefined) throw new Error('The server runs already.');
      child = await launch();
    },
    async restart() {
      await end('SIGKILL');
      await server.start();
    },
  };
  await server.start();
  return server;
}
