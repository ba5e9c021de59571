import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { registryBinary } from './registry-binary.ts';
import { launchRegistry, registryAnswers, registryLog, registryUrl } from './registry-process.ts';
import type { RunningService, Service } from './service.ts';
import { serviceNotes } from './service-notes.ts';

/** The port that schema registries usually have. */
const USUAL = [8081] as const;

const notes = serviceNotes('registry');
const STORE = join(notes.folder, 'store');

/** Apicurio Registry on loopback, with its schemas on the disk: for development, the demo and tests. */
export const registry: Service = {
  name: 'registry',
  description: 'Apicurio Registry, the schema registry (Confluent API)',

  async fetch(progress) {
    await registryBinary(progress);
  },

  async up(options) {
    const running = await this.status();
    if (running !== undefined && !options.fresh) return running;
    if (running !== undefined) await notes.end(running);
    const binary = await registryBinary(options.progress);
    if (options.fresh) rmSync(STORE, { recursive: true, force: true });
    const ports = await notes.choosePorts(USUAL, options.port);
    const [port = 0] = ports;
    const child = await launchRegistry({ registry: binary, folder: STORE, port, detached: true });
    child.unref();
    const note: RunningService = {
      name: 'registry',
      pid: child.pid ?? 0,
      version: binary.version,
      environment: { SCHEMA_REGISTRY_URL: registryUrl(port) },
      details: {
        page: `http://127.0.0.1:${port}/`,
        store: STORE,
        log: registryLog(STORE),
        binary: `${binary.home} (${binary.source})`,
        java: `${binary.java.path} (${binary.java.version})`,
      },
      state: 'running',
    };
    notes.write(note, ports);
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
    // The process number may belong to something else since; the registry itself has to answer too.
    const port = Number(new URL(note.environment.SCHEMA_REGISTRY_URL ?? '').port);
    return (await registryAnswers(port)) ? note : undefined;
  },
};
