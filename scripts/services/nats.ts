import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { EdgeError } from '../../src/core/errors.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { freePorts, isFree } from './free-port.ts';
import { natsBinary } from './nats-binary.ts';
import { natsConfig } from './nats-config.ts';
import { endProcess, isAlive, isHealthy, launchNats } from './nats-process.ts';
import type { RunningService, Service, UpOptions } from './service.ts';

const FOLDER = resolve(import.meta.dirname, '../../.data/services/nats');
const STORE = join(FOLDER, 'jetstream');
const NOTE = join(FOLDER, 'running.json');
const PORTS = join(FOLDER, 'ports.json');

/** The usual ports: clients, monitoring, WebSocket. */
const USUAL = [4222, 8222, 8443] as const;

/** Dealers of the demo, so that a box can link at once; others come with `dealeriq topics apply`. */
const DEMO_DEALERS = ['D042', 'D017'];

/** NATS with JetStream, on loopback and without accounts: for development, the demo and tests. */
export const nats: Service = {
  name: 'nats',
  description: 'NATS with JetStream, the hub',

  async up(options) {
    const running = await this.status();
    if (running !== undefined && !options.fresh) {
      await provisionStreams(running.environment.NATS_URL);
      return running;
    }
    if (running !== undefined) await endProcess(running.pid);
    const binary = await natsBinary(options.progress);
    if (options.fresh) rmSync(STORE, { recursive: true, force: true });
    mkdirSync(STORE, { recursive: true });
    const [port = 0, monitorPort = 0, webSocketPort = 0] = await choosePorts(options.port);
    const configFile = join(FOLDER, 'nats.conf');
    const logFile = join(FOLDER, 'nats.log');
    writeFileSync(
      configFile,
      natsConfig({ name: 'dealeriq-hub', port, monitorPort, webSocketPort, storeDir: STORE, syncInterval: 'always' }),
    );
    const child = await launchNats({ binary: binary.path, configFile, logFile, monitorPort, detached: true });
    child.unref();
    const note: RunningService = {
      name: 'nats',
      pid: child.pid ?? 0,
      version: binary.version,
      environment: { NATS_URL: `nats://127.0.0.1:${port}` },
      details: {
        webSocket: `ws://127.0.0.1:${webSocketPort}`,
        monitoring: `http://127.0.0.1:${monitorPort}`,
        store: STORE,
        log: logFile,
        binary: `${binary.path} (${binary.source})`,
      },
      state: 'running',
    };
    writeFileSync(PORTS, JSON.stringify([port, monitorPort, webSocketPort]));
    writeFileSync(NOTE, JSON.stringify(note, null, 2));
    await provisionStreams(note.environment.NATS_URL);
    return { ...note, state: 'started' };
  },

  async down() {
    const running = await this.status();
    if (running !== undefined) await endProcess(running.pid);
    rmSync(NOTE, { force: true });
    return running !== undefined;
  },

  async status() {
    if (!existsSync(NOTE)) return undefined;
    const note = JSON.parse(readFileSync(NOTE, 'utf8')) as RunningService;
    // The process number may belong to something else since; the server itself has to answer too.
    const monitorPort = Number(new URL(note.details.monitoring ?? '').port);
    return isAlive(note.pid) && (await isHealthy(monitorPort)) ? note : undefined;
  },
};

/** The ports of the last time where they are free, then the usual ones, then any. */
async function choosePorts(wanted: UpOptions['port']): Promise<number[]> {
  if (wanted !== undefined && !(await isFree(wanted))) {
    throw new EdgeError('invalid-config', `Port ${wanted} is taken. Stop what uses it, or choose another --port.`);
  }
  const last = existsSync(PORTS) ? (JSON.parse(readFileSync(PORTS, 'utf8')) as number[]) : [];
  const ports: number[] = [];
  for (const [index, usual] of USUAL.entries()) {
    if (index === 0 && wanted !== undefined) ports.push(wanted);
    else ports.push(...(await freePorts(1, [last[index] ?? usual, usual])));
  }
  return ports;
}

async function provisionStreams(url: string | undefined): Promise<void> {
  const nc = await connect({ servers: url ?? '', name: 'dealeriq services' });
  try {
    await provision(nc, DEMO_DEALERS);
  } finally {
    await nc.close();
  }
}
