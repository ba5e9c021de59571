import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BridgeReport } from '../../sync/bridge/bridge.ts';
import type { DownReport } from '../../sync/bridge/down-partition.ts';
import { Fenced, KafkaError } from '../../sync/bridge/kafka.ts';
import type { HeldLane } from '../../sync/bridge/up-group.ts';
import { log } from './log.ts';

/** What a copy of the bridge is doing, as `/v1/bridge` shows it. */
export interface BridgeStatus {
  readonly shards: readonly number[];
  /** Events that were committed to Kafka, dead letters among them. */
  readonly events: number;
  /** Events that were put into the stream of what goes down. */
  readonly down: number;
  readonly deadLetters: number;
  readonly skipped: number;
  readonly transactions: number;
  /** How long ago the hub had stored the oldest event of the last transaction, in milliseconds. */
  readonly lagMs: number;
  readonly held: readonly HeldLane[];
  /** What is failing now, by the name of the work. */
  readonly failing: Readonly<Record<string, string>>;
}

export interface BridgeMetrics {
  readonly report: BridgeReport & DownReport;
  status(): BridgeStatus;
  text(): Promise<string>;
}

/** Counts what the bridge reports, logs what somebody has to know, and shows both. */
export function bridgeMetrics(): BridgeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `dealeriq_bridge_${name}`, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `dealeriq_bridge_${name}`, help, registers });
  const events = counter('events_total', 'Events that were committed to Kafka, dead letters among them');
  const deadLetters = counter('dead_letters_total', 'Events that went to the dead letters');
  const down = counter('down_events_total', 'Events that were put into the stream of what goes down');
  const downLag = gauge('down_lag_seconds', 'Age in Kafka of the oldest event of the last batch that went down');
  const skipped = counter('skipped_total', 'Events that Kafka had already');
  const transactions = counter('transactions_total', 'Transactions committed');
  const failures = counter('failures_total', 'Times that a piece of work failed and began again');
  const fenced = counter('fenced_total', 'Times that another copy took a shard over');
  const owned = gauge('shards', 'Shards that this copy runs');
  const heldLanes = gauge('held_lanes', 'Lanes that wait for an operator because an event is missing');
  const lag = gauge('lag_seconds', 'Age at the hub of the oldest event of the last transaction');
  const commitSeconds = new Histogram({
    name: 'dealeriq_bridge_commit_seconds',
    help: 'Time of a transaction, from its begin to its commit',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const held = new Map<number, readonly HeldLane[]>();
  const failing = new Map<string, string>();
  const sums = { events: 0, down: 0, deadLetters: 0, skipped: 0, transactions: 0, lagMs: 0 };
  let shards: readonly number[] = [];

  return {
    report: {
      committed(shard, group, commitMs, lagMs) {
        events.inc(group.taken);
        deadLetters.inc(group.deadLettered);
        skipped.inc(group.skipped);
        transactions.inc();
        commitSeconds.observe(commitMs / 1000);
        lag.set(lagMs / 1000);
        sums.events += group.taken;
        sums.deadLetters += group.deadLettered;
        sums.skipped += group.skipped;
        sums.transactions += 1;
        sums.lagMs = lagMs;
        failing.delete(`up ${shard}`);
      },
      held(shard, lanes) {
        for (const lane of lanes) {
          const isNew = !(held.get(shard) ?? []).some(
            (known) => known.dealerId === lane.dealerId && known.deviceId === lane.deviceId && known.lane === lane.lane,
          );
          if (isNew) {
            log.error(
              'The {lane} lane of {dealerId}/{deviceId} is held: event {epoch}/{sequence} came, but something before it is missing. The other lanes go on. See docs/runbooks/bridge.md, "A lane is held".',
              { ...lane },
            );
          }
        }
        held.set(shard, lanes);
        heldLanes.set([...held.values()].reduce((sum, one) => sum + one.length, 0));
      },
      owns(now) {
        shards = now;
        owned.set(now.length);
        for (const shard of held.keys()) if (!now.includes(shard)) held.delete(shard);
        log.info('This copy runs {count} shards: {shards}', { count: now.length, shards: now.join(', ') || 'none' });
      },
      failed(name, error, againMs) {
        failures.inc();
        const reason = reasonOf(error);
        failing.set(name, reason);
        log.warning('{name} failed: {reason} Again in {againMs} ms.', { name, reason, againMs: Math.round(againMs) });
      },
      sound: (name) => void failing.delete(name),
      wrote(topic, partition, counts, lagMs) {
        down.inc(counts.forwarded);
        deadLetters.inc(counts.deadLettered);
        sums.down += counts.forwarded;
        sums.deadLetters += counts.deadLettered;
        if (counts.forwarded > 0) downLag.set(lagMs / 1000);
        failing.delete(`down ${topic}/${partition}`);
      },
      tookUpAgain(topic, partition) {
        log.info('down {topic}/{partition}: somebody else has written it; going on from there', { topic, partition });
      },
      fenced(name) {
        fenced.inc();
        log.info('{name}: another copy has taken this over', { name });
      },
    },
    status: () => ({ shards, ...sums, held: [...held.values()].flat(), failing: Object.fromEntries(failing) }),
    text: () => registry.metrics(),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof KafkaError && !(error instanceof Fenced)) {
    return error.reason === undefined ? error.message : `${error.message} (${error.reason})`;
  }
  return error instanceof Error ? error.message : String(error);
}
