import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { provision } from '../../sync/jetstream/provision.ts';
import { natsBinary } from './nats-binary.ts';
import { natsConfig } from './nats-config.ts';
import { isHealthy, launchNats } from './nats-process.ts';
import type { RunningService, Service } from './service.ts';
import { serviceNotes } from './service-notes.ts';

const notes = serviceNotes('nats');
const STORE = join(notes.folder, 'jetstream');

/** The usual ports: clients, monitoring, WebSocket. */
const USUAL = [4222, 8222, 8443] as const;

/** Dealers of the demo, so that a box can link at once; others come with `dealeriq topics apply`. */
const DEMO_DEALERS = ['D042', 'D017'];

/** NATS with JetStream, on loopback and without accounts: for development, the demo and tests. */
export const nats: Service = {
  name: 'nats',
  description: 'NATS with JetStream, the hub',

  async fetch(progress) {
    await natsBinary(progress);
  },

  async up(options) {
    const running = await this.status();
    if (running !== undefined && !options.fresh) {
      await provisionStreams(running.environment.NATS_URL);
      return running;
    }
    if (running !== undefined) await notes.end(running);
    const binary = await natsBinary(options.progress);
    if (options.fresh) rmSync(STORE, { recursive: true, force: true });
    mkdirSync(STORE, { recursive: true });
    const ports = await notes.choosePorts(USUAL, options.port);
    const [port = 0, monitorPort = 0, webSocketPort = 0] = ports;
    const configFile = join(notes.folder, 'nats.conf');
    const logFile = join(notes.folder, 'nats.log');
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
    notes.write(note, ports);
    await provisionStreams(note.environment.NATS_URL);
    return { ...note, state: 'started' };
  },

  async down() {
    const running = await this.status();
    await notes.end(running);
    return running !== undefined;
  },

  async status() {
    const note = notes.read();
    if (note === undefined) return undefined;
    // The process number may belong to something else since; the server itself has to answer too.
    const monitorPort = Number(new URL(note.details.monitoring ?? '').port);
    return (await isHealthy(monitorPort)) ? note : undefined;
  },
};

async function provisionStreams(url: string | undefined): Promise<void> {
  const nc = await connect({ servers: url ?? '', name: 'dealeriq services' });
  try {
    await provision(nc, DEMO_DEALERS);
  } finally {
    await nc.close();
  }
}
