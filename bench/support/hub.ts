import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type NatsBinary, natsBinary } from '../../scripts/services/nats-binary.ts';
import { natsConfig } from '../../scripts/services/nats-config.ts';
import { endProcess, launchNats } from '../../scripts/services/nats-process.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { streams } from '../../sync/jetstream/streams.ts';
import type { BenchContext, Benchmark, Comparison } from './benchmark.ts';
import { skipped } from './compare.ts';
import { DEALER_ID } from './dealer.ts';
import { remove } from './files.ts';

/** A real nats-server of this run, on loopback, with every write on the disk before it is acknowledged. */
export interface BenchHub {
  readonly url: string;
  /** A connection of the centre. */
  readonly nc: NatsConnection;
  /** Empties all streams. */
  fresh(): Promise<void>;
}

/** A benchmark against a real nats-server; skipped, with the reason, where none can be had. */
export function hubBenchmark(
  name: string,
  about: string,
  run: (context: BenchContext, hub: BenchHub) => Promise<readonly Comparison[]>,
): Benchmark {
  return {
    name,
    about,
    async run(context) {
      let binary: NatsBinary;
      try {
        binary = await natsBinary(context.progress);
      } catch (error) {
        return [skipped(name, error instanceof Error ? error.message : String(error))];
      }
      return withHub(context, binary, (hub) => run(context, hub));
    },
  };
}

async function withHub<T>(context: BenchContext, binary: NatsBinary, work: (hub: BenchHub) => Promise<T>): Promise<T> {
  const { hub, end } = await startHub(context.folder, binary);
  try {
    return await work(hub);
  } finally {
    await end();
  }
}

/** Starts a server with a folder of its own below the given one, and how to end it. */
export async function startHub(
  parent: string,
  binary: NatsBinary,
): Promise<{ readonly hub: BenchHub; readonly pid: number; end(): Promise<void> }> {
  const folder = mkdtempSync(join(parent, 'hub-'));
  const storeDir = join(folder, 'jetstream');
  const configFile = join(folder, 'nats.conf');
  mkdirSync(storeDir);
  const [port = 0, monitorPort = 0] = await freePorts(2);
  writeFileSync(configFile, natsConfig({ name: 'bench-hub', port, monitorPort, storeDir, syncInterval: 'always' }));
  const server = await launchNats({ binary: binary.path, configFile, logFile: join(folder, 'nats.log'), monitorPort });
  const pid = server.pid ?? 0;
  const url = `nats://127.0.0.1:${port}`;
  let nc: NatsConnection | undefined;
  const end = async () => {
    await nc?.close();
    await endProcess(pid);
    remove(folder);
  };
  try {
    const centre = await connect({ servers: url });
    nc = centre;
    const hub: BenchHub = { url, nc: centre, fresh: () => refresh(centre) };
    await hub.fresh();
    return { hub, pid, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function refresh(nc: NatsConnection): Promise<void> {
  const jsm = await jetstreamManager(nc);
  for (const { name } of streams) {
    await jsm.streams.delete(name).catch(() => false);
  }
  await provision(nc, [DEALER_ID]);
}
