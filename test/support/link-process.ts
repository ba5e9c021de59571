import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LinkState } from '../../src/runtime/link.ts';

/** What `link-edge.ts` is started with. */
export interface EdgeOptions {
  readonly folder: string;
  readonly dealerId: string;
  readonly deviceId: string;
  readonly url: string;
  readonly confirmedFile: string;
  /** Between two orders; 0: none. */
  readonly everyMs: number;
  readonly clockOffsetMs: number;
  /** The database came from a backup: begin a new epoch. */
  readonly restored: boolean;
}

export interface EdgeStatus {
  readonly state: LinkState;
  readonly detail: string;
  /** Events of both lanes that the hub has not acknowledged. */
  readonly pending: number;
  readonly applied: number;
  readonly rssBytes: number;
}

/** An edge in a process of its own. */
export interface EdgeProcess {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  status(): Promise<EdgeStatus>;
  tell(what: 'quiet' | 'nudge'): void;
}

const SCRIPT = fileURLToPath(new URL('./link-edge.ts', import.meta.url));

/** Starts an edge; resolves when it is ready, `undefined` when it ended instead (its database is held by another). */
export async function startEdge(
  options: EdgeOptions,
  nodeFlags: readonly string[] = [],
): Promise<EdgeProcess | undefined> {
  const child = fork(SCRIPT, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [...nodeFlags],
  });
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(-4_000);
  });
  const exited = once(child, 'exit');
  const ready = await Promise.race([once(child, 'message').then(() => true), exited.then(() => false)]);
  if (!ready) {
    if (/storage-(?:unavailable|conflict)|holds the database|changed since/.test(errors)) return undefined;
    throw new Error(`The edge did not start: ${errors}`);
  }
  return processOf(child, exited, () => errors);
}

function processOf(child: ChildProcess, exited: Promise<unknown>, errors: () => string): EdgeProcess {
  let ended = false;
  let expected = false;
  void exited.then(() => {
    ended = true;
    // A crash that nobody asked for is a finding of its own.
    if (!expected) process.stderr.write(`An edge process ended by itself: ${errors()}\n`);
  });
  return {
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    async kill() {
      expected = true;
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      expected = true;
      child.kill('SIGTERM');
      await exited;
    },
    async status() {
      if (ended) throw new Error(`The edge process ended: ${errors()}`);
      const answer = Promise.race([once(child, 'message'), exited]);
      child.send('status');
      const [status] = (await answer) as [EdgeStatus];
      return status;
    },
    tell(what) {
      if (!ended) child.send(what);
    },
  };
}
