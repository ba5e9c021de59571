import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EdgeError } from '../../src/core/errors.ts';

/** How long a server may take until it answers, in milliseconds. Recovering a large store takes a while. */
const READY_MS = 60_000;
const ASK_AGAIN_MS = 25;

export interface ServerLaunch {
  /** What it is called in errors. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Its environment; that of this process unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** What it prints is added here. */
  readonly logFile: string;
  /** Lets it run on when this process ends. */
  readonly detached?: boolean;
  /** Whether it can be used now. Asked again and again; must not throw. */
  isReady(): Promise<boolean>;
}

/**
 * Starts a server and waits until it can be used.
 * @throws {EdgeError} `invalid-config` with the end of its log when it ends, or is not ready within a minute.
 */
export async function launchServer(launch: ServerLaunch): Promise<ChildProcess> {
  const log = openSync(launch.logFile, 'a');
  const [program, ...args] = launch.command;
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    detached: launch.detached === true,
    env: launch.env ?? process.env,
  });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? code}`;
  });
  const deadlineMs = performance.now() + READY_MS;
  while (!(await launch.isReady())) {
    if (failure === undefined && performance.now() > deadlineMs) {
      failure = `it was not ready after ${READY_MS / 1000} s`;
      child.kill('SIGKILL');
    }
    if (failure !== undefined) break;
    await delay(ASK_AGAIN_MS);
  }
  if (failure !== undefined) {
    throw new EdgeError('invalid-config', `${launch.name} did not start: ${failure}.\n${tail(launch.logFile)}`);
  }
  return child;
}

/** Ends a process and waits until it is gone; after the grace period it is killed. */
export async function endProcess(pid: number, graceMs = 10_000): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGTERM');
  const deadlineMs = performance.now() + graceMs;
  while (isAlive(pid)) {
    if (performance.now() > deadlineMs) process.kill(pid, 'SIGKILL');
    await delay(ASK_AGAIN_MS);
  }
}

/** Whether a process is there and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // An ended child that nobody waited for is still listed, as a zombie.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

function tail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
