import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type NatsBinary, natsBinary } from '../../scripts/services/nats-binary.ts';
import { natsConfig } from '../../scripts/services/nats-config.ts';
import { launchNats } from '../../scripts/services/nats-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How long a reload may take, in milliseconds. */
const RELOAD_MS = 10_000;

export interface NatsServerOptions {
  readonly name?: string;
  readonly port?: number;
  readonly monitorPort?: number;
  /** The address it listens on; loopback unless given. */
  readonly host?: string;
  /** `false`: without JetStream, as a leaf node is. */
  readonly jetStream?: boolean;
  readonly syncInterval?: string;
  /** Further settings of JetStream, such as limits. */
  readonly jetStreamExtra?: Readonly<Record<string, unknown>>;
  /** Further lines of configuration: authorisation, TLS, leaf nodes, limits. */
  readonly extra?: string;
  /** What to run it under, such as `['ip', 'netns', 'exec', 'hub']`. */
  readonly under?: readonly string[];
}

/** A real server of its own, on a port and store that stay over a restart. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  /** Its folder: configuration, log and store. */
  readonly folder: string;
  readonly pid: number;
  /** Ends it at once, as a power cut would end the process. */
  kill(): Promise<void>;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** Stops and continues it where it is (SIGSTOP, SIGCONT). */
  pause(): void;
  resume(): void;
  /** Starts it again on the same port and store, after it ended. */
  start(changes?: Pick<NatsServerOptions, 'syncInterval' | 'extra'>): Promise<void>;
  /** `kill` and `start`. */
  restart(): Promise<void>;
  /** Puts other lines of configuration in force without a restart; rejects when the server does not take them. */
  reload(extra: string): Promise<void>;
  /** Copies the store as it lies on the disk now. */
  copyStore(to: string): void;
  /** Puts an earlier copy in the store's place; the server has to be down. */
  restoreStore(from: string): void;
  log(): string;
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

/**
 * The server's binary, or `undefined` with a line that says why there is none: the tests that need it are skipped
 * then. Where `CI=true` it throws instead, because there a skipped test would look like a passed one.
 */
export async function natsOrSkip(): Promise<NatsBinary | undefined> {
  try {
    return await natsBinary();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`SKIPPED tests that need nats-server: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

/** Starts a server and waits until it is ready. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = await natsBinary();
  const { path: folder, remove } = temporaryFolder();
  const [port = 0, monitorPort = 0] = await portsOf(options);
  const storeDir = join(folder, 'store');
  const configFile = join(folder, 'nats.conf');
  const logFile = join(folder, 'nats.log');
  const host = options.host ?? '127.0.0.1';
  let { syncInterval, extra } = options;
  let child: ChildProcess | undefined;

  const writeConfig = () => {
    writeFileSync(
      configFile,
      natsConfig({
        name: options.name ?? `test-${port}`,
        host,
        port,
        monitorPort,
        ...(options.jetStream === false
          ? {}
          : { storeDir, syncInterval: syncInterval ?? 'always', jetStreamExtra: options.jetStreamExtra ?? {} }),
        ...(extra === undefined ? {} : { extra }),
      }),
    );
  };
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
  const server: NatsServer = {
    url: `nats://${host}:${port}`,
    port,
    monitorPort,
    storeDir,
    folder,
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async start(changes = {}) {
      if (child !== undefined) throw new Error('The server runs already.');
      ({ syncInterval = syncInterval, extra = extra } = changes);
      mkdirSync(storeDir, { recursive: true });
      writeConfig();
      child = await launchNats({
        binary: binary.path,
        configFile,
        logFile,
        monitorPort,
        monitorHost: host,
        ...(options.under === undefined ? {} : { under: options.under }),
      });
    },
    async restart() {
      await end('SIGKILL');
      await server.start();
    },
    async reload(lines) {
      extra = lines;
      writeConfig();
      const before = server.log().length;
      child?.kill('SIGHUP');
      for (let waited = 0; waited < RELOAD_MS; waited += 20) {
        const since = server.log().slice(before);
        if (since.includes('Failed to reload'))
          throw new Error(`The server does not take the configuration:\n${since}`);
        if (since.includes('Reloaded server configuration')) return;
        await setTimeout(20);
      }
      throw new Error(`The server did not reload within ${RELOAD_MS / 1000} s.`);
    },
    copyStore: (to) => cpSync(storeDir, to, { recursive: true }),
    restoreStore(from) {
      if (child !== undefined) throw new Error('The server runs: end it before its store is replaced.');
      rmSync(storeDir, { recursive: true, force: true });
      cpSync(from, storeDir, { recursive: true });
    },
    log: () => readFileSync(logFile, 'utf8'),
    async dispose() {
      await end('SIGKILL');
      remove();
    },
  };
  await server.start();
  return server;
}

async function portsOf(options: NatsServerOptions): Promise<number[]> {
  const free = await freePorts(2);
  return [options.port ?? free[0] ?? 0, options.monitorPort ?? free[1] ?? 0];
}
