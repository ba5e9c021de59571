import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BridgeStatus } from '../../edge/node/bridge-metrics.ts';

/** What `bridge-worker.ts` is started with. */
export interface CopyOptions {
  readonly broker: string;
  readonly hub: string;
  readonly registry: string;
  readonly prefix: string;
  readonly shards: number;
  /** Its cache of schemas, and its log. */
  readonly folder: string;
  readonly sessionTimeoutMs: number;
  readonly purgeEveryMs: number;
}

export interface CopyStatus extends BridgeStatus {
  readonly fenced: number;
}

/** A copy of the bridge in a process of its own. */
export interface BridgeCopy {
  readonly hasEnded: boolean;
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Ends it as an operator would. @returns its exit code, or the signal that ended it. */
  stop(): Promise<number | string>;
  /** Resolves when it was ended by its fault point (`true`), or after a while (`false`). */
  died(withinMs: number): Promise<boolean>;
  /** Resolves when it has stopped itself at its fault point (`true`), or after a while (`false`). */
  stopped(withinMs: number): Promise<boolean>;
  /** `undefined` when it does not answer in time. */
  status(): Promise<CopyStatus | undefined>;
}

const SCRIPT = fileURLToPath(new URL('./bridge-worker.ts', import.meta.url));

/** How long a copy may take to start, in milliseconds: brokers and the registry may be away meanwhile. */
const START_MS = 60_000;
const LOG = 'bridge.log';
const STATUS_MS = 500;
const STOP_MS = 20_000;

/** What a copy says that could not start because the brokers were away: whoever runs it starts it again. */
const UNAVAILABLE = /code: 'unavailable'/;

/** Starts a copy; resolves when it runs, or has ended by its fault point. */
export async function startCopy(options: CopyOptions, faultPoint = ''): Promise<BridgeCopy> {
  const untilMs = performance.now() + START_MS;
  for (;;) {
    const copy = await tryCopy(options, faultPoint);
    if (copy !== undefined) return copy;
    if (performance.now() > untilMs) {
      throw new Error(`A copy did not start in ${START_MS / 1000} s: ${tail(join(options.folder, LOG), 0)}`);
    }
  }
}

/** `undefined` when the brokers were away. */
async function tryCopy(options: CopyOptions, faultPoint: string): Promise<BridgeCopy | undefined> {
  const logFile = join(options.folder, LOG);
  const log = openSync(logFile, 'a');
  const logStart = statSync(logFile).size;
  const child = fork(SCRIPT, [JSON.stringify(options)], {
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: {
      ...process.env,
      DEALERIQ_FAULT_POINT: faultPoint,
      NODE_COMPILE_CACHE: join(options.folder, '..', 'compiled'),
    },
  });
  closeSync(log);
  const ready = once(child, 'message');
  const ended = once(child, 'exit');
  const copy = copyOf(child, faultPoint !== '', () => tail(logFile, logStart));
  const first = await Promise.race([ready, ended, setTimeout(START_MS, 'late', { ref: false })]);
  if (first === 'late') {
    await copy.kill();
    throw new Error(`A copy did not start in ${START_MS / 1000} s: ${tail(logFile, logStart)}`);
  }
  if (child.exitCode !== null && UNAVAILABLE.test(tail(logFile, logStart))) return undefined;
  return copy;
}

function copyOf(child: ChildProcess, mayDie: boolean, said: () => string): BridgeCopy {
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let expected = mayDie;
  void exited.then(([code, signal]) => {
    // A crash that nobody asked for is a finding of its own.
    if ((!expected && signal !== null) || (code !== null && code !== 0 && !UNAVAILABLE.test(said()))) {
      process.stderr.write(`A copy of the bridge ended by itself (${signal ?? code}): ${said()}\n`);
    }
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    get hasEnded() {
      return hasEnded();
    },
    signal: (name) => void child.kill(name),
    async kill() {
      expected = true;
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      expected = true;
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      const end = await Promise.race([exited, setTimeout(STOP_MS, undefined, { ref: false })]);
      if (end !== undefined) return end[1] ?? end[0] ?? 0;
      process.stderr.write(`A copy of the bridge did not stop in ${STOP_MS / 1000} s: ${said()}\n`);
      child.kill('SIGKILL');
      await exited;
      return 'late';
    },
    async died(withinMs) {
      await Promise.race([exited, setTimeout(withinMs, undefined, { ref: false })]);
      return child.signalCode === 'SIGKILL';
    },
    async stopped(withinMs) {
      const untilMs = performance.now() + withinMs;
      while (performance.now() < untilMs && !hasEnded()) {
        if (isStopped(child.pid ?? 0)) return true;
        await setTimeout(20);
      }
      return false;
    },
    async status() {
      if (hasEnded() || !child.connected) return undefined;
      const late = new AbortController();
      const timer = globalThis.setTimeout(() => late.abort(), STATUS_MS);
      const answer = once(child, 'message', { signal: late.signal });
      child.send('status', () => undefined);
      try {
        return (await answer)[0] as CopyStatus;
      } catch {
        return undefined;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Whether a process stands still by SIGSTOP (proc(5), the state `T`). */
function isStopped(pid: number): boolean {
  try {
    return /^State:\s*T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The last lines of a log, of what was written after a place in it. */
function tail(file: string, from: number): string {
  try {
    return readFileSync(file).subarray(from).toString().trimEnd().split('\n').slice(-25).join('\n');
  } catch {
    // The run is over and its folder gone.
    return '';
  }
}
