import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaBinary } from './kafka-binary.ts';
import { kafkaAnswers, kafkaLog, launchKafka } from './kafka-process.ts';
import type { RunningService, Service } from './service.ts';
import { serviceNotes } from './service-notes.ts';

/** The usual ports: clients, controller. */
const USUAL = [9092, 9093] as const;

const notes = serviceNotes('kafka');

/** Apache Kafka, one KRaft node on loopback without signing in: for development, the demo and tests. */
export const kafka: Service = {
  name: 'kafka',
  description: 'Apache Kafka (KRaft, one node), the centre',

  async fetch(progress) {
    await kafkaBinary(progress);
  },

  async up(options) {
    const running = await this.status();
    if (running !== undefined && !options.fresh) return running;
    if (running !== undefined) await notes.end(running);
    const binary = await kafkaBinary(options.progress);
    if (options.fresh) rmSync(join(notes.folder, 'data'), { recursive: true, force: true });
    const ports = await notes.choosePorts(USUAL, options.port);
    const [port = 0, controllerPort = 0] = ports;
    const child = await launchKafka({ kafka: binary, folder: notes.folder, port, controllerPort, detached: true });
    child.unref();
    const note: RunningService = {
      name: 'kafka',
      pid: child.pid ?? 0,
      version: binary.version,
      environment: { KAFKA_BROKERS: `127.0.0.1:${port}` },
      details: {
        controller: `127.0.0.1:${controllerPort}`,
        store: join(notes.folder, 'data'),
        log: kafkaLog(notes.folder),
        libraries: `${binary.libs} (${binary.source})`,
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
    // The process number may belong to something else since; the broker itself has to answer too.
    const port = Number(note.environment.KAFKA_BROKERS?.split(':')[1]);
    return (await kafkaAnswers(port)) ? note : undefined;
  },
};
