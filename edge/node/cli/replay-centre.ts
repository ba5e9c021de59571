import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EdgeError } from '../../../src/core/errors.ts';
import { catalog } from '../../../src/events/catalog.ts';
import type { Kafka } from '../../../sync/bridge/kafka.ts';
import type { ReplayTarget } from '../../../sync/bridge/replay/replay-target.ts';
import { runReplay } from '../../../sync/bridge/replay/run-replay.ts';
import { type ReplaySelection, selectedEvents, stretchesOf } from '../../../sync/bridge/replay/selection.ts';
import { type Survey, survey } from '../../../sync/bridge/replay/survey.ts';
import { createThrottle } from '../../../sync/bridge/replay/throttle.ts';
import { dealerTarget } from '../../../sync/bridge/replay/to-dealer.ts';
import { fileTarget } from '../../../sync/bridge/replay/to-file.ts';
import { topicTarget } from '../../../sync/bridge/replay/to-topic.ts';
import type { Config } from '../config.ts';
import { explainHub, openHub } from '../nats.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { lazyCodec, withCentre } from './centre.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';
import { listOf } from './topics-kafka.ts';

/** `dealeriq replay --from-kafka`: events of the centre once more, to a dealer, a file or a topic. */

export interface CentreReplayOptions {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly type?: string | undefined;
  readonly dealer?: string | undefined;
  readonly to?: string | undefined;
  readonly rate?: string | undefined;
  readonly limit?: string | undefined;
  readonly id?: string | undefined;
  readonly 'dry-run': boolean;
  readonly json: boolean;
}

type Destination =
  | { readonly kind: 'dealer'; readonly dealerId: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'topic'; readonly topic: string };

/** Events a second to a dealer: its box applies them beside its own work. */
const DEALER_RATE_DEFAULT = 1_000;

const REPLAY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Runs the command. */
export async function replayFromKafka(options: CentreReplayOptions): Promise<void> {
  const to = destinationOf(options.to);
  const limit = options.limit === undefined ? undefined : wholeNumber('limit', options.limit, 1);
  const rate = rateOf(options.rate, to);
  const replayId = idOf(options.id);
  await withCentre(async (kafka, config) => {
    const selection = selectionOf(options, to, config.KAFKA_PREFIX);
    const stretches = await stretchesOf(kafka, selection);
    const found = await survey(selectedEvents(kafka, stretches, selection), limit);
    const plan = { replayId, to: options.to ?? '', ratePerSecond: rate ?? null, ...found };
    if (options['dry-run']) {
      printResult(options.json, { dryRun: true, ...plan }, () => lines('Would replay', plan, to));
      return;
    }
    const target = await targetOf(to, { kafka, config, replayId });
    const progress = new Progress('Replaying');
    const written = await runReplay({
      kafka,
      selection,
      stretches,
      target,
      throttle: createThrottle(rate, { nowMs: Date.now, sleep: (ms) => setTimeout(ms) }),
      limit,
      batchMax: rate === undefined ? undefined : Math.max(1, Math.floor(rate / 10)),
      progress: (done) => progress.update(done, found.events, 'events'),
    }).finally(() => progress.end());
    const before = found.events - written;
    printResult(options.json, { dryRun: false, ...plan, written, writtenBefore: before }, function* () {
      yield* lines('Replayed', plan, to);
      yield `${written} written now${before > 0 ? `, ${before} by an earlier run with this id` : ''}.`;
    });
  });
}

interface Plan extends Survey {
  readonly replayId: string;
  readonly ratePerSecond: number | null;
}

function* lines(did: string, plan: Plan, to: Destination): Iterable<string> {
  const span = plan.firstAt === undefined ? '' : `, recorded ${plan.firstAt} to ${plan.lastAt}`;
  yield `${did} ${plan.events} events (${plan.bytes} bytes in Kafka)${span}`;
  for (const [type, count] of Object.entries(plan.byType)) yield `  ${String(count).padStart(9)}  ${type}`;
  const dealers = Object.entries(plan.byDealer).map(([id, count]) => `${id === '-' ? 'no dealer' : id} ${count}`);
  if (dealers.length > 0) yield `  of: ${dealers.join(', ')}`;
  const rate = plan.ratePerSecond === null ? '' : `, ${plan.ratePerSecond} a second`;
  yield `  to: ${destinationText(to)}${rate}, marked replayid=${plan.replayId}`;
  if (did === 'Would replay') yield 'Nothing was written. Leave --dry-run out to do it.';
}

function destinationText(to: Destination): string {
  if (to.kind === 'dealer') return `the box of ${to.dealerId}, through the hub; what it has already changes nothing`;
  return to.kind === 'file'
    ? `${to.path}, one CloudEvent in JSON a line`
    : `the topic ${to.topic}, records as they are`;
}

function selectionOf(options: CentreReplayOptions, to: Destination, prefix: string): ReplaySelection {
  if (options.since === undefined) throw wrongArgument('Say --since: a time such as 2026-11-02T09:00:00Z.');
  const types = options.type === undefined ? undefined : listOf(options.type);
  const unknown = types?.find((type) => !catalog.has(type));
  if (unknown !== undefined) throw wrongArgument(`--type: there is no event type "${unknown}".`);
  const dealers = options.dealer === undefined ? undefined : listOf(options.dealer);
  if (to.kind === 'dealer' && dealers?.some((one) => one !== to.dealerId) === true) {
    throw wrongArgument(`--dealer: events of other dealers are never sent to ${to.dealerId}.`);
  }
  return {
    prefix,
    sinceMs: timeOf('since', options.since),
    untilMs: options.until === undefined ? undefined : timeOf('until', options.until),
    types,
    dealers,
    forDealer: to.kind === 'dealer' ? to.dealerId : undefined,
  };
}

async function targetOf(
  to: Destination,
  { kafka, config, replayId }: { kafka: Kafka; config: Config; replayId: string },
): Promise<ReplayTarget> {
  const prefix = config.KAFKA_PREFIX;
  if (to.kind === 'topic') return topicTarget(kafka, to.topic, { prefix, replayId });
  const codec = await lazyCodec(config)();
  if (to.kind === 'file') return fileTarget(to.path, replayId, codec);
  const { NATS_URL: url, NATS_CREDS: creds, NATS_CA: ca } = config;
  if (url === undefined) {
    throw new EdgeError('invalid-config', 'NATS_URL is not set: a replay reaches a dealer through the hub.');
  }
  try {
    const nc = await openHub({ url, creds, ca }, 'dealeriq replay', 'bridge');
    return dealerTarget(nc, { dealerId: to.dealerId, replayId, prefix, codec });
  } catch (error) {
    throw explainHub(url, error);
  }
}

function destinationOf(text: string | undefined): Destination {
  const [, kind, rest = ''] = /^(file|topic):(.+)$/.exec(text ?? '') ?? [];
  if (kind === 'file') return { kind, path: resolve(rest) };
  if (kind === 'topic') return { kind, topic: rest };
  if (text !== undefined && /^[A-Za-z0-9_-]{1,32}$/.test(text) && text !== 'all') {
    return { kind: 'dealer', dealerId: text };
  }
  throw wrongArgument(
    `--to is a dealer such as D042, file:PATH or topic:NAME${text === undefined ? '' : `, not "${text}"`}.`,
  );
}

function rateOf(text: string | undefined, to: Destination): number | undefined {
  if (text === undefined) return to.kind === 'dealer' ? DEALER_RATE_DEFAULT : undefined;
  return wholeNumber('rate', text.replace(/\/s$/, ''), 1, 1_000_000);
}

function idOf(text: string | undefined): string {
  if (text === undefined) return `r-${randomUUID()}`;
  if (REPLAY_ID.test(text)) return text;
  throw wrongArgument(`--id has letters, digits, _ and -, at most 64 of them; "${text}" does not fit.`);
}

function timeOf(option: string, text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw wrongArgument(`--${option} is a time such as 2026-11-02T09:00:00Z, not "${text}".`);
}
