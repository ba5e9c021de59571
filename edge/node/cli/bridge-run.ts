import { join } from 'node:path';
import { defineCommand } from 'citty';
import type { Hono } from 'hono';
import { EdgeError } from '../../../src/core/errors.ts';
import { runBridge } from '../../../sync/bridge/bridge.ts';
import { checkpointTopic } from '../../../sync/bridge/checkpoint.ts';
import { createDeadLetterDesk } from '../../../sync/bridge/dead-letters/dead-letter-desk.ts';
import { planDownWork } from '../../../sync/bridge/down-work.ts';
import { type Kafka, KafkaError } from '../../../sync/bridge/kafka.ts';
import { openPayloadCodec } from '../../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../../sync/bridge/registry/schema-cache.ts';
import { createUpGate } from '../../../sync/bridge/up-gate.ts';
import { bridgeMetrics } from '../bridge-metrics.ts';
import { serveBridge } from '../bridge-server.ts';
import { bearerToken, centreRoutes, loopbackOnly } from '../centre-routes.ts';
import { type Config, loadConfig } from '../config.ts';
import { explainKafka, openKafka, registryOptions } from '../kafka.ts';
import { configureLogs, log } from '../log.ts';
import { isLoopback } from '../loopback.ts';
import { openHub } from '../nats.ts';
import { wholeNumber } from './arguments.ts';
import { callerName } from './centre.ts';
import { print } from './output.ts';

/** How long a copy may take to give its shards back after a signal, in milliseconds. */
const SHUTDOWN_MS = 15_000;

/** How often a registry is asked again for what a copy cannot start without, in milliseconds. */
const REGISTRY_AGAIN_MS = 2_000;

export const bridgeArgs = {
  port: {
    type: 'string',
    description: 'Port of /readyz, /metrics and /v1/bridge; 0 takes a free one',
    default: '8790',
  },
  host: { type: 'string', description: 'Address to listen on', default: '127.0.0.1' },
} as const;

export const bridgeRun = defineCommand({
  meta: {
    name: 'run',
    description: 'Run a copy of the bridge (what `dealeriq bridge` alone does); run as many copies as you like',
  },
  args: bridgeArgs,
  async run({ args }) {
    const { config } = await loadConfig();
    await configureLogs(config.LOG_LEVEL);
    const port = wholeNumber('port', args.port, 0, 65_535);
    const hub = hubOf(config);
    const abort = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        log.info('Stopping after {signal}', { signal });
        setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
        abort.abort();
      });
    }
    const kafka = await connectedKafka(config);
    try {
      const shards = await shardsOf(kafka, config.KAFKA_PREFIX);
      const codec = await openCodec(config, abort.signal);
      const metrics = bridgeMetrics();
      const server = await serveBridge({
        host: args.host,
        port,
        metrics,
        routes: deadLetterRoutes(config, args.host, kafka, codec),
      });
      print(`dealeriq bridge is ready at ${server.url}`);
      print(`  hub      ${hub.url}`);
      print(`  kafka    ${config.KAFKA_BROKERS} (${shards} shards, topics ${config.KAFKA_PREFIX}.*)`);
      print(`  schemas  ${config.SCHEMA_REGISTRY_URL} (${config.SCHEMA_FORMAT})`);
      try {
        await runBridge(
          {
            connectHub: () => openHub(hub, 'dealeriq bridge', 'bridge'),
            kafka,
            gate: createUpGate({ codec, prefix: config.KAFKA_PREFIX, nowMs: Date.now }),
            prefix: config.KAFKA_PREFIX,
            shards,
            report: metrics.report,
            nowMs: Date.now,
            shardWork: await planDownWork({
              kafka,
              codec,
              prefix: config.KAFKA_PREFIX,
              shards,
              report: metrics.report,
              nowMs: Date.now,
            }),
          },
          abort.signal,
        );
      } finally {
        await server.close();
      }
    } finally {
      await kafka.close();
    }
  },
});

/** Dead letters over HTTP: for everybody on loopback; beyond it for who has the token, and for nobody without one. */
function deadLetterRoutes(config: Config, host: string, kafka: Kafka, codec: PayloadCodec): Hono | undefined {
  const { BRIDGE_TOKEN: token, KAFKA_PREFIX: prefix } = config;
  if (!isLoopback(host) && token === undefined) {
    log.warning('Dead letters are not served at {host}: set BRIDGE_TOKEN for that.', { host });
    return undefined;
  }
  return centreRoutes({
    desk: createDeadLetterDesk({ kafka, prefix, codec: () => Promise.resolve(codec), nowMs: Date.now }),
    authorize: token === undefined ? loopbackOnly(callerName()) : bearerToken(token),
    report: (error) => log.error('A request failed: {error}', { error }),
    explain: (error) => (error instanceof KafkaError ? explainKafka(config.KAFKA_BROKERS ?? '', error) : error),
  });
}

export function hubOf(config: Config) {
  if (config.NATS_URL !== undefined) return { url: config.NATS_URL, creds: config.NATS_CREDS, ca: config.NATS_CA };
  throw new EdgeError(
    'invalid-config',
    'NATS_URL is not set: it says where the hub is, such as nats://127.0.0.1:4222.',
  );
}

export async function connectedKafka(config: Config): Promise<Kafka> {
  try {
    return await openKafka(config, 'dealeriq-bridge');
  } catch (error) {
    throw explainKafka(config.KAFKA_BROKERS ?? '', error);
  }
}

export async function shardsOf(kafka: Kafka, prefix: string): Promise<number> {
  const [topic] = await kafka.admin().topics([checkpointTopic(prefix)]);
  if (topic !== undefined) return topic.partitions;
  throw new EdgeError(
    'invalid-config',
    `Kafka has no topic ${checkpointTopic(prefix)}, where the bridge keeps how far it is. Run \`dealeriq topics apply\` first.`,
  );
}

/** The codec with the id of every schema; waits for the registry only when there is no cache to start from. */
async function openCodec(config: Config, signal: AbortSignal): Promise<PayloadCodec> {
  const settings = registryOptions(config);
  if (settings === undefined) {
    throw new EdgeError(
      'invalid-config',
      'SCHEMA_REGISTRY_URL is not set: it says where the schema registry is, such as http://127.0.0.1:8081/apis/ccompat/v7.',
    );
  }
  const client = registryClient(settings);
  const cache = openSchemaCache({ registry: client.url, file: join(config.DATA_DIR, 'bridge-schemas.json') });
  const { codec, schemas } = openPayloadCodec({
    client,
    format: config.SCHEMA_FORMAT,
    cache,
    prefix: config.KAFKA_PREFIX,
  });
  for (;;) {
    const { from, missing } = await schemas.prepare();
    if (missing.length === 0) {
      if (from === 'cache') log.warning('The schema registry does not answer; ids come from the cache.');
      return codec;
    }
    log.warning('The schema registry does not answer, and {count} schemas have no id yet: {missing}. Trying again.', {
      count: missing.length,
      missing: missing.slice(0, 3).join(', '),
    });
    await new Promise((resolve) => setTimeout(resolve, REGISTRY_AGAIN_MS));
    signal.throwIfAborted();
  }
}
