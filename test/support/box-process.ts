import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../edge/node/cli.ts', import.meta.url));

/** How long a box may take to say that it is ready, in milliseconds. Generous: tests share the machine. */
const READY_MS = 30_000;

/** A box as users run it: a process of its own. */
export interface BoxProcess {
  readonly url: string;
  readonly port: number;
  /** SIGKILL: the process gets no chance to do anything. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit status. */
  stop(): Promise<number | null>;
}

/** Starts `dealeriq start` on a data folder, on a free port. */
export async function startBoxProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BoxProcess> {
  const child = spawn(process.execPath, [CLI, 'start'], {
    cwd: dataDir,
    env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  // Whoever waits for readiness hears of an early end there; nobody else has to.
  exited.catch(() => undefined);
  const url = await readyUrl(child);
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`The box ${why}. It said: ${said.slice(-2_000)}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${READY_MS} ms`), READY_MS);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const url = /ready at (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal} before it was ready`);
    });
  });
}
