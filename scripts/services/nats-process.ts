import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EdgeError } from '../../src/core/errors.ts';

/** How long a server may take until it answers, in milliseconds. Recovering a large store takes a while. */
const READY_MS = 60_000;
const ASK_AGAIN_MS = 25;

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
export async function launchNats(launch: Launch): Promise<ChildProcess> {
  const log = openSync(launch.logFile, 'a');
  const [command = launch.binary, ...args] = [...(launch.under ?? []), launch.binary, '-c', launch.configFile];
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: launch.detached === true });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? code}`;
  });
  const deadlineMs = performance.now() + READY_MS;
  while (!(await isHealthy(launch.monitorPort, launch.monitorHost))) {
    if (failure === undefined && performance.now() > deadlineMs) {
      failure = `it was not ready after ${READY_MS / 1000} s`;
      child.kill('SIGKILL');
    }
    if (failure !== undefined) {
      throw new EdgeError('invalid-config', `nats-server did not start: ${failure}.\n${tail(launch.logFile)}`);
    }
    await delay(ASK_AGAIN_MS);
  }
  if (failure !== undefined) {
    throw new EdgeError('invalid-config', `nats-server did not start: ${failure}.\n${tail(launch.logFile)}`);
  }
  return child;
}

/** Whether a server answers on its monitoring port that it is well. */
export async function isHealthy(monitorPort: number, host = '127.0.0.1'): Promise<boolean> {
  try {
    return (await fetch(`http://${host}:${monitorPort}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
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
