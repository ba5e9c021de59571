import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Ours and peers alike run as `npm start` runs the box: a young generation that does not grow under load. */
export const NODE_FLAGS = ['--max-semi-space-size=16'];

const START_TIMEOUT_MS = 60_000;

/** Starts a program that prints its address, and waits for that. */
export async function startProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('The process has no output.');
    const timeout = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('A server did not start in time.'));
    }, START_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`A server ended with status ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url === undefined) return;
      clearTimeout(timeout);
      resolve(url);
    });
  });
}

/** Runs a program and returns the JSON that it prints. */
export async function runForJson<T>(args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const [status] = await exited;
  if (status !== 0) throw new Error(`${args[0]} ended with status ${status}.`);
  return JSON.parse(output) as T;
}
