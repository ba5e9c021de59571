import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const READY_MS = 60_000;

/** The real runtime as its own process, with the demo dealer in a folder of its own and a port that stays the same. */
export class Box {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #preload: string | undefined;

  private constructor(port: number, env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'dealeriq-e2e-'));
  }

  /**
   * @param preload source of a module that the program loads first; it may write to the file in `NETWORK_LOG`
   * @param env settings besides those of every box here
   */
  static async start({ preload, env }: { preload?: string; env?: Record<string, string> } = {}): Promise<Box> {
    const box = new Box(await freePort(), env);
    if (preload !== undefined) {
      box.#preload = join(box.#folder, 'preload.mjs');
      writeFileSync(box.#preload, preload);
      writeFileSync(box.#networkLog, '');
    }
    try {
      await box.start();
    } catch (error) {
      await box.remove();
      throw error;
    }
    return box;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [...this.#arguments, 'edge/node/cli.ts', 'start', '--demo'], {
      cwd: ROOT,
      env: environment({
        DATA_DIR: this.#folder,
        PORT: String(this.#port),
        HOST: '127.0.0.1',
        LOG_LEVEL: 'warning',
        NETWORK_LOG: this.#networkLog,
        ...this.#env,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const giveUpAt = Date.now() + READY_MS;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`The box did not start:\n${output}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Its DATA_DIR. */
  get folder(): string {
    return this.#folder;
  }

  get #networkLog(): string {
    return join(this.#folder, 'network.log');
  }

  get #arguments(): readonly string[] {
    return this.#preload === undefined ? [] : ['--import', this.#preload];
  }

  /** What the preloaded module wrote down. */
  networkLog(): string {
    return readFileSync(this.#networkLog, 'utf8');
  }

  /** Fetches something in a process with the same module preloaded, and gives what that wrote down. */
  async tryNetwork(): Promise<string> {
    const program = "fetch('http://127.0.0.1:9999/').catch(() => undefined)";
    const child = spawn(process.execPath, [...this.#arguments, '-e', program], {
      env: environment({ NETWORK_LOG: this.#networkLog }),
    });
    await once(child, 'exit');
    return this.networkLog();
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async get<Answer>(path: string): Promise<Answer> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async post<Answer>(path: string, body: unknown, contentType = 'application/json'): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': contentType, 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

/** This process's environment without what would link the box to a centre. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NATS_URL: _nats, LIBSQL_URL: _libsql, DEALER_ID: _dealer, DEVICE_ID: _device, ...rest } = process.env;
  return { ...rest, ...own };
}
