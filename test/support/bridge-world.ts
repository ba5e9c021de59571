import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { Kafka } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { catalogSubjects, registerSubjects } from '../../sync/bridge/registry/subjects.ts';
import { applyTopics, planTopics } from '../../sync/bridge/topics.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import type { CopyOptions } from './bridge-copy.ts';
import { type KafkaServer, startKafka } from './kafka-server.ts';
import { type LinkProxy, linkProxy } from './link-proxy.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { type RegistryServer, startRegistry } from './registry-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Kafka, the hub and the registry, ready for the bridge. */
export interface BridgeWorld {
  readonly kafkaServer: KafkaServer;
  readonly hub: NatsServer;
  readonly registry: RegistryServer;
  /** Before the registry, so that it can be cut off. */
  readonly registryProxy: LinkProxy;
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly shards: number;
  readonly folder: string;
  /** How a copy of the bridge is started here; each has a folder of its own. */
  copyOptions(name: string): CopyOptions;
  dispose(): Promise<void>;
}

const SHARDS = 4;
/** Short, so that a run meets many take-overs; the broker allows it. */
const SESSION_MS = 1_000;
const PURGE_EVERY_MS = 700;

export async function startBridgeWorld(prefix = 'dealeriq'): Promise<BridgeWorld> {
  const folder = temporaryFolder();
  const [kafkaServer, hub, registry] = await Promise.all([
    startKafka({ heapMb: 512, extra: { 'group.min.session.timeout.ms': 500 } }),
    startNatsServer(),
    startRegistry(),
  ]);
  const registryProxy = await linkProxy(registry.port);
  const kafka = await connectKafka({ brokers: [kafkaServer.broker], clientId: 'test' });
  const steps = await planTopics(kafka.admin(), { prefix, replicationFactor: 1, partitions: 2, shards: SHARDS });
  await applyTopics(kafka.admin(), steps);
  await registerSubjects(registryClient({ url: registry.url }), catalogSubjects('avro', prefix));
  const nc = await connect({ servers: hub.url });
  await provision(nc, []);
  await nc.close();
  const registryUrl = new URL(registry.url);
  registryUrl.port = new URL(registryProxy.url).port;
  return {
    kafkaServer,
    hub,
    registry,
    registryProxy,
    kafka,
    prefix,
    shards: SHARDS,
    folder: folder.path,
    copyOptions(name) {
      const own = join(folder.path, name);
      mkdirSync(own, { recursive: true });
      return {
        broker: kafkaServer.broker,
        hub: hub.url,
        registry: String(registryUrl),
        prefix,
        shards: SHARDS,
        folder: own,
        sessionTimeoutMs: SESSION_MS,
        purgeEveryMs: PURGE_EVERY_MS,
      };
    },
    async dispose() {
      await kafka.close();
      await registryProxy.close();
      await Promise.all([kafkaServer.dispose(), hub.dispose(), registry.dispose()]);
      folder.remove();
    },
  };
}
