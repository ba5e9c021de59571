import { connect } from '@nats-io/transport-node';
import { runBridge } from '../../sync/bridge/bridge.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { type BridgeRun, openCodec } from './bridge-run.ts';

/**
 * A process of its own: one copy of the bridge, put together as `dealeriq bridge` does it. It runs until so many events
 * are committed, then prints `{events, seconds}`; or until its standard input ends.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as BridgeRun;
const kafka = await connectKafka({ brokers: [options.broker], clientId: 'bridge' });
const gate = createUpGate({ codec: await openCodec(options), prefix: options.prefix, nowMs: Date.now });
const abort = new AbortController();
let startMs: number | undefined;
let endMs = 0;
let events = 0;
if (options.events === undefined) process.stdin.once('end', () => abort.abort()).resume();
await runBridge(
  {
    connectHub: () => connect({ servers: options.hub, reconnect: false }),
    kafka,
    gate,
    prefix: options.prefix,
    shards: options.shards,
    nowMs: Date.now,
    // The rounds read the same stream.
    purgeEveryMs: 3_600_000,
    report: {
      owns(shards) {
        if (shards.length === 0) return;
        startMs ??= performance.now();
        if (options.events === undefined) process.stdout.write('ready\n');
      },
      committed(_shard, group) {
        events += group.taken;
        if (group.deadLettered > 0) fail('An order became a dead letter.');
        if (options.events === undefined || events < options.events) return;
        endMs = performance.now();
        abort.abort();
      },
      held: () => undefined,
      sound: () => undefined,
      // It begins again by itself, which costs time and counts; only a wrong result ends the round.
      failed: (name, error) => process.stderr.write(`  ${name} began again: ${String(error)}\n`),
      fenced: (name) => fail(`${name} was fenced.`),
    },
  },
  abort.signal,
);
await kafka.close();
if (options.events !== undefined)
  process.stdout.write(JSON.stringify({ events, seconds: (endMs - (startMs ?? 0)) / 1_000 }));

function fail(what: string): void {
  if (abort.signal.aborted) return;
  process.stderr.write(`${what}\n`);
  process.exit(1);
}
