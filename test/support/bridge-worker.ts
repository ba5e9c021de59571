/**
 * A process of its own: a copy of the bridge, put together as `dealeriq bridge` does it, with shorter waits:
 * `bridge-worker.ts <options as JSON>`. Its parent asks over IPC, and DEALERIQ_FAULT_POINT ends or stops it on its way.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { bridgeMetrics } from '../../edge/node/bridge-metrics.ts';
import { configureLogs } from '../../edge/node/log.ts';
import { runBridge } from '../../sync/bridge/bridge.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../sync/bridge/registry/schema-cache.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import type { CopyOptions, CopyStatus } from './bridge-copy.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as CopyOptions;
await configureLogs('info');
const abort = new AbortController();
const metrics = bridgeMetrics();
let fenced = 0;

process.on('message', () => process.send?.({ ...metrics.status(), fenced } satisfies CopyStatus));
process.on('disconnect', () => process.exit(1));
process.once('SIGTERM', () => abort.abort());

const kafka = await connectKafka({ brokers: [options.broker], clientId: 'bridge' });
const client = registryClient({ url: options.registry, retries: 1 });
const { codec, schemas } = openPayloadCodec({
  client,
  format: 'avro',
  cache: openSchemaCache({ registry: client.url, file: join(options.folder, 'bridge-schemas.json') }),
  prefix: options.prefix,
});
while ((await schemas.prepare()).missing.length > 0) await setTimeout(200);
process.send?.('ready');
await runBridge(
  {
    connectHub: () => connect({ servers: options.hub, reconnect: false, timeout: 2_000 }),
    kafka,
    gate: createUpGate({ codec, prefix: options.prefix, nowMs: Date.now }),
    prefix: options.prefix,
    shards: options.shards,
    nowMs: Date.now,
    sessionTimeoutMs: options.sessionTimeoutMs,
    purgeEveryMs: options.purgeEveryMs,
    report: {
      ...metrics.report,
      fenced(name) {
        fenced += 1;
        metrics.report.fenced(name);
      },
    },
  },
  abort.signal,
);
await kafka.close();
process.exit(0);
